-- The sandbox gateway's own database. It holds no card number: a number is turned into what its test card does.
CREATE TABLE "source" (
  "id" TEXT PRIMARY KEY,
  -- The one-time token, until it is exchanged.
  "token" TEXT NOT NULL UNIQUE,
  "exchanged" BOOLEAN NOT NULL DEFAULT false,
  "removed" BOOLEAN NOT NULL DEFAULT false,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('CARD', 'WALLET')),
  "brand" TEXT,
  "last4" TEXT,
  "exp_month" INTEGER,
  "exp_year" INTEGER,
  "provider" TEXT,
  "account" TEXT,
  "behaviour" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now()
);

CREATE TABLE "payment" (
  "id" TEXT PRIMARY KEY,
  "source_id" TEXT NOT NULL REFERENCES "source" ("id"),
  "reference" TEXT NOT NULL,
  "currency" TEXT NOT NULL,
  "amount_minor" BIGINT NOT NULL CHECK ("amount_minor" > 0),
  "authorized_minor" BIGINT NOT NULL DEFAULT 0,
  "captured_minor" BIGINT NOT NULL DEFAULT 0,
  "refunded_minor" BIGINT NOT NULL DEFAULT 0,
  "status" TEXT NOT NULL CHECK ("status" IN ('REQUIRES_ACTION', 'AUTHORIZED', 'CAPTURED', 'VOIDED', 'DECLINED')),
  "action_id" TEXT UNIQUE,
  "return_url" TEXT,
  "failure_code" TEXT,
  "failure_message" TEXT,
  "failure_retryable" BOOLEAN,
  "authorized_until" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CHECK (0 <= "refunded_minor" AND "refunded_minor" <= "captured_minor" AND "captured_minor" <= "authorized_minor" AND "authorized_minor" <= "amount_minor")
);
CREATE INDEX "payment_reference_idx" ON "payment" ("reference");

-- What was done, in order: the ledger that everything else is compared with.
CREATE TABLE "entry" (
  "id" BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "payment_id" TEXT NOT NULL REFERENCES "payment" ("id"),
  "kind" TEXT NOT NULL CHECK ("kind" IN ('AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND')),
  "amount_minor" BIGINT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT now()
);
CREATE INDEX "entry_payment_id_idx" ON "entry" ("payment_id");

CREATE TABLE "dispute" (
  "id" TEXT PRIMARY KEY,
  "payment_id" TEXT NOT NULL REFERENCES "payment" ("id"),
  "amount_minor" BIGINT NOT NULL,
  "reason" TEXT NOT NULL,
  "status" TEXT NOT NULL
);
CREATE INDEX "dispute_payment_id_idx" ON "dispute" ("payment_id");

-- The first answer under each idempotency key. `answer` is null while only a fault was shown for it.
CREATE TABLE "answered" (
  "key" TEXT PRIMARY KEY,
  "request_hash" TEXT NOT NULL,
  "status" INTEGER,
  "answer" JSONB,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT now()
);

CREATE TABLE "webhook" (
  "id" TEXT NOT NULL,
  "delivery" INTEGER NOT NULL,
  "payment_id" TEXT NOT NULL REFERENCES "payment" ("id"),
  "type" TEXT NOT NULL,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "delivered_at" TIMESTAMPTZ(3),
  PRIMARY KEY ("id", "delivery")
);
CREATE INDEX "webhook_due_idx" ON "webhook" ("due_at") WHERE "delivered_at" IS NULL;
