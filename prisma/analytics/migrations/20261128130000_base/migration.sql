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

-- Orders as sales: a copy, of which only the newest state of each counts.
CREATE TABLE "sale" (
  "order_id" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "buyer" TEXT,
  "placed_at" TIMESTAMPTZ(3) NOT NULL,
  "currency" TEXT NOT NULL DEFAULT 'USD',
  "units" INTEGER NOT NULL DEFAULT 0,
  "gross_minor" BIGINT NOT NULL DEFAULT 0,
  "discount_minor" BIGINT NOT NULL DEFAULT 0,
  "shipping_minor" BIGINT NOT NULL DEFAULT 0,
  "tax_minor" BIGINT NOT NULL DEFAULT 0,
  "coupon_code" TEXT,
  CONSTRAINT "sale_pkey" PRIMARY KEY ("order_id"),
  CONSTRAINT "sale_status_check" CHECK ("status" IN ('CLAIMED', 'OPEN', 'SOLD', 'CANCELLED')),
  CONSTRAINT "sale_amounts_check" CHECK ("units" >= 0 AND "gross_minor" >= "discount_minor" AND "discount_minor" >= 0
    AND "shipping_minor" >= 0 AND "tax_minor" >= 0)
);
-- A report reads a range of time; whether a buyer is new is looked up by buyer.
CREATE INDEX "sale_placed_at_idx" ON "sale" ("placed_at");
CREATE INDEX "sale_buyer_placed_at_order_id_idx" ON "sale" ("buyer", "placed_at", "order_id");

CREATE TABLE "sale_line" (
  "order_id" TEXT NOT NULL,
  "variant_id" TEXT NOT NULL,
  "product_id" TEXT NOT NULL,
  "quantity" INTEGER NOT NULL,
  "gross_minor" BIGINT NOT NULL,
  "discount_minor" BIGINT NOT NULL,
  CONSTRAINT "sale_line_pkey" PRIMARY KEY ("order_id", "variant_id"),
  CONSTRAINT "sale_line_quantity_check" CHECK ("quantity" > 0)
);
CREATE INDEX "sale_line_variant_id_idx" ON "sale_line" ("variant_id");
CREATE INDEX "sale_line_product_id_idx" ON "sale_line" ("product_id");

CREATE TABLE "refund" (
  "order_id" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "amount_minor" BIGINT NOT NULL,
  CONSTRAINT "refund_pkey" PRIMARY KEY ("order_id", "position"),
  CONSTRAINT "refund_amount_check" CHECK ("amount_minor" > 0)
);
CREATE INDEX "refund_at_idx" ON "refund" ("at");

CREATE TABLE "exchange_rate" (
  "id" TEXT NOT NULL,
  "currency" TEXT NOT NULL,
  "valid_from" TIMESTAMPTZ(3) NOT NULL,
  "units_per_usd" DECIMAL(14,6) NOT NULL,
  "version" INTEGER NOT NULL,
  CONSTRAINT "exchange_rate_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "exchange_rate_units_check" CHECK ("units_per_usd" > 0)
);
CREATE UNIQUE INDEX "exchange_rate_currency_valid_from_key" ON "exchange_rate" ("currency", "valid_from");

CREATE TABLE "progress" (
  "slot" INTEGER NOT NULL,
  "through" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "progress_pkey" PRIMARY KEY ("slot")
);

-- Changes made by staff: who, when, what, before and after. Rows are only inserted. See audit.ts.
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
