-- Orders that are paid, taxed and shipped, also those of guests. Orders of before keep their totals and statuses: nothing was paid
-- for them by this shop, no carrier was chosen, and their prices held whatever tax there was.
ALTER TABLE "orders"
  ALTER COLUMN "customer_id" DROP NOT NULL,
  ADD COLUMN "email" TEXT,
  ADD COLUMN "guest_secret_hash" TEXT,
  ADD COLUMN "payment_method_id" TEXT,
  ADD COLUMN "ship_rate_id" TEXT,
  ADD COLUMN "ship_carrier" TEXT,
  ADD COLUMN "ship_service" TEXT,
  ADD COLUMN "pay_until" TIMESTAMPTZ(3),
  ADD COLUMN "allocations" JSONB,
  ADD COLUMN "undo_stock" TEXT,
  ADD COLUMN "undo_payment" TEXT,
  ADD COLUMN "refund_try" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "captured_minor" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "refunded_minor" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "parcel_count" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "shipping_tax_minor" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "included_tax_minor" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "shipping_included_tax_minor" BIGINT NOT NULL DEFAULT 0;
-- Steps as text: the values were added by the migration before, and the version before this one still writes RELEASING.
ALTER TABLE "orders"
  DROP CONSTRAINT "orders_step_check",
  DROP CONSTRAINT "orders_due_check",
  DROP CONSTRAINT "orders_reservation_check",
  ADD CONSTRAINT "orders_step_check" CHECK (CASE "status"
    WHEN 'PENDING' THEN "step"::text IN ('RESERVING', 'COMMITTING_STOCK')
    WHEN 'AWAITING_PAYMENT' THEN "step"::text IN ('AUTHORIZING', 'COMMITTING_STOCK', 'CAPTURING')
    WHEN 'CONFIRMED' THEN "step"::text IN ('ARRANGING', 'DONE')
    WHEN 'FULFILLING' THEN "step"::text IN ('DELIVERING', 'DONE')
    WHEN 'SHIPPED' THEN "step"::text IN ('DELIVERING', 'DONE')
    WHEN 'CANCELLING' THEN "step"::text IN ('RELEASING', 'RECALLING', 'UNDOING')
    ELSE "step"::text = 'DONE' END),
  -- An order that waits for nobody may still have a refund under way, so DELIVERING and DONE may be due as well.
  ADD CONSTRAINT "orders_due_check" CHECK ("step"::text IN ('DELIVERING', 'DONE') OR "due_at" IS NOT NULL),
  ADD CONSTRAINT "orders_reservation_check" CHECK ("step"::text NOT IN ('AUTHORIZING', 'COMMITTING_STOCK') OR "reservation_id" IS NOT NULL),
  ADD CONSTRAINT "orders_pay_until_check" CHECK (("step"::text = 'AUTHORIZING') <= ("pay_until" IS NOT NULL)),
  ADD CONSTRAINT "orders_undo_check" CHECK (
    ("step"::text = 'UNDOING') = ("undo_stock" IS NOT NULL OR "undo_payment" IS NOT NULL)
    AND "undo_stock" IN ('RELEASE', 'RESTOCK') AND "undo_payment" IN ('VOID', 'REFUND')
    AND NOT ("undo_stock" = 'RELEASE' AND "undo_payment" = 'REFUND')),
  ADD CONSTRAINT "orders_refunded_check" CHECK (0 <= "refunded_minor" AND "refunded_minor" <= "captured_minor" AND "captured_minor" <= "total_minor"),
  ADD CONSTRAINT "orders_tax_check" CHECK (
    LEAST("shipping_tax_minor", "included_tax_minor", "shipping_included_tax_minor") >= 0
    AND "shipping_tax_minor" <= "tax_minor" AND "shipping_included_tax_minor" <= "included_tax_minor"
    AND "shipping_included_tax_minor" <= "shipping_minor"),
  ADD CONSTRAINT "orders_owner_check" CHECK ("customer_id" IS NOT NULL OR ("email" IS NOT NULL AND "guest_secret_hash" IS NOT NULL)),
  ADD CONSTRAINT "orders_rate_check" CHECK (
    ("ship_rate_id" IS NULL) = ("ship_carrier" IS NULL) AND ("ship_rate_id" IS NULL) = ("ship_service" IS NULL)),
  ADD CONSTRAINT "orders_parcels_check" CHECK ("parcel_count" >= 0 AND "refund_try" >= 1);
-- What a guest bought becomes theirs once they prove that the e-mail is.
CREATE INDEX "orders_email_idx" ON "orders" ("email");

ALTER TABLE "order_line"
  ADD COLUMN "tax_minor" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "included_tax_minor" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "tax_ppm" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "weight_grams" INTEGER,
  ADD CONSTRAINT "order_line_tax_check" CHECK (
    "tax_minor" >= 0 AND "included_tax_minor" BETWEEN 0 AND "unit_minor" * "quantity" - "discount_minor"
    AND ("tax_minor" = 0 OR "included_tax_minor" = 0) AND "tax_ppm" BETWEEN 0 AND 1000000);

-- Every step of an order in words; `version` is that of the order when it happened.
CREATE TABLE "order_step" (
  "id" BIGSERIAL NOT NULL,
  "order_id" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "actor" "actor" NOT NULL,
  "text" TEXT NOT NULL,
  CONSTRAINT "order_step_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "order_step_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON DELETE CASCADE ON UPDATE RESTRICT
);
CREATE INDEX "order_step_order_id_id_idx" ON "order_step" ("order_id", "id");

CREATE TYPE "parcel_state" AS ENUM ('PACKED', 'SENT', 'DELIVERED', 'FAILED');
CREATE TABLE "order_parcel" (
  "order_id" TEXT NOT NULL,
  "shipment_id" TEXT NOT NULL,
  "state" "parcel_state" NOT NULL,
  CONSTRAINT "order_parcel_pkey" PRIMARY KEY ("order_id", "shipment_id"),
  CONSTRAINT "order_parcel_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE TYPE "claim_kind" AS ENUM ('RETURN', 'PARCEL');
-- Units that a customer is paid back for: a return that has come in, or a parcel that failed.
CREATE TABLE "order_claim" (
  "order_id" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "kind" "claim_kind" NOT NULL,
  "lines" JSONB NOT NULL,
  "amount_minor" BIGINT NOT NULL,
  "refunded" BOOLEAN NOT NULL,
  "refund_try" INTEGER NOT NULL DEFAULT 1,
  "restock" JSONB NOT NULL,
  "restocked" BOOLEAN NOT NULL,
  CONSTRAINT "order_claim_pkey" PRIMARY KEY ("order_id", "id"),
  CONSTRAINT "order_claim_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "order_claim_amount_check" CHECK ("amount_minor" >= 0 AND "refund_try" >= 1)
);

-- Read models: what a unit weighs and which category its product is in; null until products tells it again.
ALTER TABLE "known_product" ADD COLUMN "category_id" TEXT;
ALTER TABLE "known_variant" ADD COLUMN "weight_grams" INTEGER,
  ADD CONSTRAINT "known_variant_weight_check" CHECK ("weight_grams" >= 0);
-- Read model: the keys by which shipping signs its quotes.
CREATE TABLE "quote_key" (
  "key_id" TEXT NOT NULL,
  "public_key" TEXT NOT NULL,
  "not_after" TIMESTAMPTZ(3) NOT NULL,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "quote_key_pkey" PRIMARY KEY ("key_id")
);

-- Where tax is raised, and whether the shop's prices hold it there.
CREATE TABLE "tax_country" (
  "country_code" TEXT NOT NULL,
  "prices_include_tax" BOOLEAN NOT NULL,
  "version" INTEGER NOT NULL DEFAULT 1,
  CONSTRAINT "tax_country_pkey" PRIMARY KEY ("country_code"),
  CONSTRAINT "tax_country_code_check" CHECK ("country_code" ~ '^[A-Z]{2}$' AND "version" >= 1)
);
-- In parts per million: 8.875 % is 88750. A region of '' is the whole country.
CREATE TABLE "tax_rate" (
  "id" TEXT NOT NULL,
  "country_code" TEXT NOT NULL,
  "region" TEXT NOT NULL DEFAULT '',
  "category" TEXT NOT NULL,
  "ppm" INTEGER NOT NULL,
  "version" INTEGER NOT NULL DEFAULT 1,
  CONSTRAINT "tax_rate_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "tax_rate_country_code_fkey" FOREIGN KEY ("country_code") REFERENCES "tax_country" ("country_code") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "tax_rate_category_check" CHECK ("category" ~ '^[A-Z][A-Z0-9_]{0,31}$'),
  CONSTRAINT "tax_rate_ppm_check" CHECK ("ppm" BETWEEN 0 AND 1000000 AND "version" >= 1)
);
CREATE UNIQUE INDEX "tax_rate_country_code_region_category_key" ON "tax_rate" ("country_code", "region", "category");
-- The tax category of a product category's products; STANDARD where there is no row.
CREATE TABLE "tax_assignment" (
  "category_id" TEXT NOT NULL,
  "category" TEXT NOT NULL,
  "version" INTEGER NOT NULL DEFAULT 1,
  CONSTRAINT "tax_assignment_pkey" PRIMARY KEY ("category_id"),
  CONSTRAINT "tax_assignment_category_check" CHECK ("category" ~ '^[A-Z][A-Z0-9_]{0,31}$' AND "version" >= 1)
);

-- Invoices and credit notes. A row is numbered some seconds after it is made, so that no checkout waits for the number before it.
CREATE TYPE "invoice_kind" AS ENUM ('INVOICE', 'CREDIT_NOTE');
CREATE TABLE "invoice" (
  "id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "kind" "invoice_kind" NOT NULL,
  -- What it is for: the capture, or the total refunded by then.
  "reason" TEXT NOT NULL,
  "amount_minor" BIGINT NOT NULL,
  "made_at" TIMESTAMPTZ(3) NOT NULL,
  "year" INTEGER,
  "serial" INTEGER,
  CONSTRAINT "invoice_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "invoice_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "invoice_amount_check" CHECK ("amount_minor" > 0),
  CONSTRAINT "invoice_number_check" CHECK (("year" IS NULL) = ("serial" IS NULL) AND "serial" >= 1)
);
CREATE UNIQUE INDEX "invoice_order_id_kind_reason_key" ON "invoice" ("order_id", "kind", "reason");
CREATE UNIQUE INDEX "invoice_year_serial_key" ON "invoice" ("year", "serial");
CREATE INDEX "invoice_unnumbered_idx" ON "invoice" ("made_at", "id") WHERE "serial" IS NULL;
CREATE TABLE "invoice_counter" (
  "year" INTEGER NOT NULL,
  "last" INTEGER NOT NULL,
  CONSTRAINT "invoice_counter_pkey" PRIMARY KEY ("year")
);
-- Keys of this shop alone, made at the first start: one signs the addresses of invoices, one makes the secrets of guests.
CREATE TABLE "secret_key" (
  "name" TEXT NOT NULL,
  "secret" TEXT NOT NULL,
  CONSTRAINT "secret_key_pkey" PRIMARY KEY ("name")
);

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
