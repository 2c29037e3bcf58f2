-- What every subgraph's database holds for messages and idempotency; the same text opens each first migration.
CREATE TABLE "outbox_message" (
  "id" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  "data" JSONB NOT NULL,
  "time" TIMESTAMPTZ(3) NOT NULL,
  "correlation_id" TEXT NOT NULL,
  "causation_id" TEXT,
  "traceparent" TEXT,
  "published_at" TIMESTAMPTZ(3),
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "available_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_error" TEXT,
  CONSTRAINT "outbox_message_pkey" PRIMARY KEY ("id")
);
-- The relay reads only what waits; a published row leaves this index.
CREATE INDEX "outbox_message_waiting_idx" ON "outbox_message" ("available_at") WHERE "published_at" IS NULL;

CREATE TABLE "inbox_message" (
  "consumer" TEXT NOT NULL,
  "event_id" TEXT NOT NULL,
  "handled_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "inbox_message_pkey" PRIMARY KEY ("consumer", "event_id")
);

CREATE TABLE "dead_letter" (
  "consumer" TEXT NOT NULL,
  "event_id" TEXT NOT NULL,
  "envelope" JSONB NOT NULL,
  "error" TEXT NOT NULL,
  "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("consumer", "event_id")
);

CREATE TABLE "idempotency_record" (
  "principal" TEXT NOT NULL,
  "mutation" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "request_hash" TEXT NOT NULL,
  "response" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("principal", "mutation", "key"),
  CONSTRAINT "idempotency_record_key_check" CHECK (length("key") BETWEEN 1 AND 200)
);

CREATE TYPE "payment_method_kind" AS ENUM ('CARD', 'WALLET');
CREATE TYPE "payment_status" AS ENUM ('PROCESSING', 'REQUIRES_ACTION', 'AUTHORIZED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DECLINED', 'VOIDED', 'VOID_PENDING', 'CAPTURE_FAILED', 'UNKNOWN');
CREATE TYPE "refund_status" AS ENUM ('PENDING', 'SUCCEEDED', 'FAILED');
CREATE TYPE "gateway_call_kind" AS ENUM ('AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND', 'FETCH');

-- How somebody pays. The gateway keeps the card; here is the token that stands for it and what may be shown of it.
CREATE TABLE "payment_method" (
  "id" TEXT NOT NULL,
  "customer_id" TEXT,
  "kind" "payment_method_kind" NOT NULL,
  "gateway" TEXT NOT NULL,
  "gateway_ref" TEXT NOT NULL,
  "brand" TEXT,
  "last4" TEXT,
  "exp_month" SMALLINT,
  "exp_year" SMALLINT,
  "provider" TEXT,
  "account" TEXT,
  "is_default" BOOLEAN NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "removed_at" TIMESTAMPTZ(3),
  -- When the gateway was told to forget it.
  "detached_at" TIMESTAMPTZ(3),
  CONSTRAINT "payment_method_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "payment_method_kind_check" CHECK (
    ("kind" = 'CARD' AND "brand" IS NOT NULL AND "last4" IS NOT NULL AND "exp_month" IS NOT NULL AND "exp_year" IS NOT NULL AND "provider" IS NULL AND "account" IS NULL)
    OR ("kind" = 'WALLET' AND "provider" IS NOT NULL AND "account" IS NOT NULL AND "brand" IS NULL AND "last4" IS NULL AND "exp_month" IS NULL AND "exp_year" IS NULL)),
  -- Whatever a gateway calls the last four digits, a whole number does not fit.
  CONSTRAINT "payment_method_last4_check" CHECK ("last4" ~ '^[0-9]{4}$'),
  CONSTRAINT "payment_method_exp_month_check" CHECK ("exp_month" BETWEEN 1 AND 12),
  CONSTRAINT "payment_method_default_check" CHECK (NOT "is_default" OR ("customer_id" IS NOT NULL AND "removed_at" IS NULL))
);
CREATE INDEX "payment_method_customer_id_created_at_id_idx" ON "payment_method" ("customer_id", "created_at", "id");
CREATE INDEX "payment_method_to_detach_idx" ON "payment_method" ("removed_at") WHERE "removed_at" IS NOT NULL AND "detached_at" IS NULL;
-- At most one default per customer, whatever races.
CREATE UNIQUE INDEX "payment_method_default_idx" ON "payment_method" ("customer_id") WHERE "is_default";

-- The payment of one order. A void that came before its authorize leaves a row without an amount: its tombstone.
CREATE TABLE "payment" (
  "id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "order_number" TEXT,
  "customer_id" TEXT,
  "method_id" TEXT,
  "gateway_ref" TEXT,
  "currency" TEXT,
  "amount_minor" BIGINT NOT NULL,
  "authorized_minor" BIGINT NOT NULL,
  "captured_minor" BIGINT NOT NULL,
  "refunding_minor" BIGINT NOT NULL,
  "refunded_minor" BIGINT NOT NULL,
  "status" "payment_status" NOT NULL,
  "pending" "gateway_call_kind",
  "failure_code" TEXT,
  "failure_message" TEXT,
  "failure_retryable" BOOLEAN,
  "action_url" TEXT,
  "action_expires_at" TIMESTAMPTZ(3),
  "authorized_until" TIMESTAMPTZ(3),
  "version" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "payment_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "payment_method_id_fkey" FOREIGN KEY ("method_id") REFERENCES "payment_method" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "payment_amounts_check" CHECK (
    0 <= "refunded_minor" AND "refunded_minor" <= "refunding_minor" AND "refunding_minor" <= "captured_minor"
    AND "captured_minor" <= "authorized_minor" AND "authorized_minor" <= "amount_minor"),
  CONSTRAINT "payment_tombstone_check" CHECK ("currency" IS NOT NULL OR ("amount_minor" = 0 AND "status" = 'VOIDED')),
  CONSTRAINT "payment_pending_check" CHECK ("pending" IN ('AUTHORIZE', 'CAPTURE', 'VOID')),
  CONSTRAINT "payment_version_check" CHECK ("version" >= 1)
);
-- One payment per order: an order is never charged twice.
CREATE UNIQUE INDEX "payment_order_id_key" ON "payment" ("order_id");
CREATE UNIQUE INDEX "payment_gateway_ref_key" ON "payment" ("gateway_ref");
CREATE INDEX "payment_method_id_idx" ON "payment" ("method_id");
-- What has to end by itself: a second step that nobody takes, an authorization that nobody captures.
CREATE INDEX "payment_action_expires_at_idx" ON "payment" ("action_expires_at") WHERE "status" = 'REQUIRES_ACTION' AND "pending" IS NULL;
CREATE INDEX "payment_authorized_until_idx" ON "payment" ("authorized_until") WHERE "status" = 'AUTHORIZED' AND "pending" IS NULL;

CREATE TABLE "refund" (
  "id" TEXT NOT NULL,
  "payment_id" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "amount_minor" BIGINT NOT NULL,
  "reason" TEXT NOT NULL,
  "status" "refund_status" NOT NULL,
  "failure_code" TEXT,
  "failure_message" TEXT,
  "requested_by" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "settled_at" TIMESTAMPTZ(3),
  CONSTRAINT "refund_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "refund_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "refund_amount_check" CHECK ("amount_minor" > 0),
  CONSTRAINT "refund_settled_check" CHECK (("status" = 'PENDING') = ("settled_at" IS NULL))
);
-- One refund per key that the command names.
CREATE UNIQUE INDEX "refund_payment_id_key_key" ON "refund" ("payment_id", "key");

-- What the gateway is to do: written with the decision, called afterwards. The id is the gateway's idempotency key, so a call that is
-- made again is the same one.
CREATE TABLE "gateway_call" (
  "id" TEXT NOT NULL,
  "payment_id" TEXT NOT NULL,
  "kind" "gateway_call_kind" NOT NULL,
  "refund_id" TEXT,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "last_error" TEXT,
  -- The request that it follows from: what comes of it carries it on.
  "correlation_id" TEXT NOT NULL,
  "causation_id" TEXT,
  "traceparent" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "done_at" TIMESTAMPTZ(3),
  CONSTRAINT "gateway_call_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "gateway_call_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "gateway_call_refund_id_fkey" FOREIGN KEY ("refund_id") REFERENCES "refund" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "gateway_call_refund_check" CHECK (("kind" = 'REFUND') = ("refund_id" IS NOT NULL))
);
CREATE INDEX "gateway_call_due_idx" ON "gateway_call" ("due_at") WHERE "done_at" IS NULL;
-- One call of a kind at a time; refunds have one each.
CREATE UNIQUE INDEX "gateway_call_open_idx" ON "gateway_call" ("payment_id", "kind") WHERE "done_at" IS NULL AND "kind" <> 'REFUND';
CREATE UNIQUE INDEX "gateway_call_refund_id_key" ON "gateway_call" ("refund_id");
CREATE INDEX "gateway_call_payment_id_idx" ON "gateway_call" ("payment_id");

-- A customer's bank wants the money back. Noted as the gateway tells it.
CREATE TABLE "dispute" (
  "id" TEXT NOT NULL,
  "payment_id" TEXT NOT NULL,
  "gateway_ref" TEXT NOT NULL,
  "amount_minor" BIGINT NOT NULL,
  "reason" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "noted_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "dispute_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "dispute_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE UNIQUE INDEX "dispute_gateway_ref_key" ON "dispute" ("gateway_ref");
CREATE INDEX "dispute_payment_id_idx" ON "dispute" ("payment_id");

-- A leaky bucket per caller and kind of attempt: it is empty again at "empty_at". See throttle.ts.
CREATE TABLE "throttle" (
  "key" TEXT NOT NULL,
  "empty_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "throttle_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "throttle_empty_at_idx" ON "throttle" ("empty_at");

-- Every change that staff made: who, when, what, before and after. Rows are only added. See audit.ts.
CREATE TABLE "audit_entry" (
  "id" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "actor_id" TEXT NOT NULL,
  "action" TEXT NOT NULL,
  "subject_id" TEXT NOT NULL,
  "before" JSONB,
  "after" JSONB,
  CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_entry_at_id_idx" ON "audit_entry" ("at", "id");
CREATE INDEX "audit_entry_subject_id_at_id_idx" ON "audit_entry" ("subject_id", "at", "id");
