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

CREATE TYPE "currency" AS ENUM ('USD', 'EUR', 'JPY');
CREATE TYPE "cart_state" AS ENUM ('OPEN', 'ORDERED', 'CLAIMED');
CREATE TYPE "order_status" AS ENUM ('PENDING', 'AWAITING_PAYMENT', 'CONFIRMED', 'FULFILLING', 'SHIPPED', 'DELIVERED', 'CANCELLING', 'CANCELLED', 'REFUNDED');
CREATE TYPE "saga_step" AS ENUM ('RESERVING', 'COMMITTING_STOCK', 'RELEASING', 'DONE');
CREATE TYPE "cancel_reason" AS ENUM ('OUT_OF_STOCK', 'PAYMENT_DECLINED', 'PAYMENT_TIMEOUT', 'CUSTOMER_REQUEST', 'FRAUD');
CREATE TYPE "actor" AS ENUM ('customer', 'staff', 'shop');

-- Read models: what other subgraphs have told us.
CREATE TABLE "known_product" (
  "product_id" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "known_product_pkey" PRIMARY KEY ("product_id")
);

CREATE TABLE "known_variant" (
  "variant_id" TEXT NOT NULL,
  "product_id" TEXT NOT NULL,
  "sku" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "listed" BOOLEAN NOT NULL,
  CONSTRAINT "known_variant_pkey" PRIMARY KEY ("variant_id"),
  CONSTRAINT "known_variant_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "known_product" ("product_id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE INDEX "known_variant_product_id_idx" ON "known_variant" ("product_id");

-- No foreign key: a price may arrive before the product that it belongs to.
CREATE TABLE "variant_price" (
  "variant_id" TEXT NOT NULL,
  "currency" "currency" NOT NULL,
  "minor" BIGINT NOT NULL,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "variant_price_pkey" PRIMARY KEY ("variant_id", "currency"),
  CONSTRAINT "variant_price_minor_check" CHECK ("minor" >= 0)
);

CREATE TABLE "variant_availability" (
  "variant_id" TEXT NOT NULL,
  "available" INTEGER,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "variant_availability_pkey" PRIMARY KEY ("variant_id")
);

CREATE TABLE "customer_address" (
  "address_id" TEXT NOT NULL,
  "customer_id" TEXT NOT NULL,
  "recipient" TEXT,
  "line1" TEXT,
  "line2" TEXT,
  "city" TEXT,
  "region" TEXT,
  "postal_code" TEXT,
  "country_code" TEXT,
  "removed" BOOLEAN NOT NULL,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "customer_address_pkey" PRIMARY KEY ("address_id"),
  CONSTRAINT "customer_address_whole_check" CHECK (
    "removed" OR ("recipient" IS NOT NULL AND "line1" IS NOT NULL AND "city" IS NOT NULL AND "postal_code" IS NOT NULL AND "country_code" IS NOT NULL))
);
CREATE INDEX "customer_address_customer_id_idx" ON "customer_address" ("customer_id");

CREATE TABLE "coupon" (
  "id" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "basis_points" INTEGER,
  "starts_at" TIMESTAMPTZ(3),
  "expires_at" TIMESTAMPTZ(3),
  "usage_limit" INTEGER,
  "usage_limit_per_customer" INTEGER,
  "times_used" INTEGER NOT NULL DEFAULT 0,
  "active" BOOLEAN NOT NULL DEFAULT true,
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "coupon_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "coupon_code_check" CHECK ("code" ~ '^[A-Z0-9-]{3,32}$'),
  CONSTRAINT "coupon_basis_points_check" CHECK ("basis_points" BETWEEN 1 AND 10000),
  CONSTRAINT "coupon_times_check" CHECK ("expires_at" > "starts_at"),
  CONSTRAINT "coupon_usage_limit_check" CHECK ("usage_limit" >= 1),
  CONSTRAINT "coupon_usage_limit_per_customer_check" CHECK ("usage_limit_per_customer" >= 1),
  -- The backstop of the count: whatever races, no coupon is used more often than it may be.
  CONSTRAINT "coupon_times_used_check" CHECK ("times_used" >= 0 AND ("usage_limit" IS NULL OR "times_used" <= "usage_limit")),
  CONSTRAINT "coupon_version_check" CHECK ("version" >= 1)
);
CREATE UNIQUE INDEX "coupon_code_key" ON "coupon" ("code");
CREATE INDEX "coupon_created_at_id_idx" ON "coupon" ("created_at", "id");

CREATE TABLE "coupon_amount" (
  "coupon_id" TEXT NOT NULL,
  "currency" "currency" NOT NULL,
  "off_minor" BIGINT,
  "minimum_minor" BIGINT,
  CONSTRAINT "coupon_amount_pkey" PRIMARY KEY ("coupon_id", "currency"),
  CONSTRAINT "coupon_amount_coupon_id_fkey" FOREIGN KEY ("coupon_id") REFERENCES "coupon" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "coupon_amount_off_minor_check" CHECK ("off_minor" > 0),
  CONSTRAINT "coupon_amount_minimum_minor_check" CHECK ("minimum_minor" > 0),
  CONSTRAINT "coupon_amount_some_check" CHECK ("off_minor" IS NOT NULL OR "minimum_minor" IS NOT NULL)
);

CREATE TABLE "cart" (
  "id" TEXT NOT NULL,
  "customer_id" TEXT,
  "state" "cart_state" NOT NULL,
  "currency" "currency" NOT NULL,
  "version" INTEGER NOT NULL,
  "coupon_id" TEXT,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "claimed_by" TEXT,
  CONSTRAINT "cart_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "cart_coupon_id_fkey" FOREIGN KEY ("coupon_id") REFERENCES "coupon" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "cart_version_check" CHECK ("version" >= 1),
  CONSTRAINT "cart_claimed_check" CHECK (("claimed_by" IS NOT NULL) = ("state" = 'CLAIMED'))
);
-- One open cart per customer, whatever races. Partial: Prisma's schema language cannot say so.
CREATE UNIQUE INDEX "cart_customer_id_open_key" ON "cart" ("customer_id") WHERE "state" = 'OPEN' AND "customer_id" IS NOT NULL;
-- The sweep of expired carts.
CREATE INDEX "cart_expires_at_idx" ON "cart" ("expires_at");

CREATE TABLE "cart_line" (
  "id" TEXT NOT NULL,
  "cart_id" TEXT NOT NULL,
  "variant_id" TEXT NOT NULL,
  "quantity" SMALLINT NOT NULL,
  "seen_minor" BIGINT NOT NULL,
  "position" INTEGER NOT NULL,
  CONSTRAINT "cart_line_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "cart_line_cart_id_fkey" FOREIGN KEY ("cart_id") REFERENCES "cart" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "cart_line_quantity_check" CHECK ("quantity" BETWEEN 1 AND 99),
  CONSTRAINT "cart_line_seen_minor_check" CHECK ("seen_minor" >= 0)
);
CREATE UNIQUE INDEX "cart_line_cart_id_variant_id_key" ON "cart_line" ("cart_id", "variant_id");

CREATE TABLE "orders" (
  "id" TEXT NOT NULL,
  "number" TEXT NOT NULL,
  "customer_id" TEXT NOT NULL,
  "cart_id" TEXT NOT NULL,
  "status" "order_status" NOT NULL,
  "step" "saga_step" NOT NULL,
  "version" INTEGER NOT NULL,
  "reservation_id" TEXT,
  "cancel_reason" "cancel_reason",
  "due_at" TIMESTAMPTZ(3),
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "currency" "currency" NOT NULL,
  "subtotal_minor" BIGINT NOT NULL,
  "discount_minor" BIGINT NOT NULL,
  "shipping_minor" BIGINT NOT NULL,
  "tax_minor" BIGINT NOT NULL,
  "total_minor" BIGINT NOT NULL,
  "coupon_code" TEXT,
  "ship_recipient" TEXT NOT NULL,
  "ship_line1" TEXT NOT NULL,
  "ship_line2" TEXT,
  "ship_city" TEXT NOT NULL,
  "ship_region" TEXT,
  "ship_postal_code" TEXT NOT NULL,
  "ship_country_code" TEXT NOT NULL,
  "placed_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "orders_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "orders_number_check" CHECK ("number" ~ '^A-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$'),
  CONSTRAINT "orders_version_check" CHECK ("version" >= 1),
  CONSTRAINT "orders_total_check" CHECK ("total_minor" = "subtotal_minor" - "discount_minor" + "shipping_minor" + "tax_minor"),
  CONSTRAINT "orders_amounts_check" CHECK (
    LEAST("subtotal_minor", "discount_minor", "shipping_minor", "tax_minor", "total_minor") >= 0 AND "discount_minor" <= "subtotal_minor"),
  CONSTRAINT "orders_coupon_check" CHECK ("discount_minor" = 0 OR "coupon_code" IS NOT NULL),
  -- Which private step goes with which public status.
  CONSTRAINT "orders_step_check" CHECK (CASE "status"
    WHEN 'PENDING' THEN "step" IN ('RESERVING', 'COMMITTING_STOCK')
    WHEN 'CANCELLING' THEN "step" = 'RELEASING'
    ELSE "step" = 'DONE' END),
  CONSTRAINT "orders_due_check" CHECK (("due_at" IS NULL) = ("step" = 'DONE')),
  CONSTRAINT "orders_reservation_check" CHECK ("step" <> 'COMMITTING_STOCK' OR "reservation_id" IS NOT NULL),
  CONSTRAINT "orders_cancel_reason_check" CHECK (("cancel_reason" IS NOT NULL) = ("status" IN ('CANCELLING', 'CANCELLED')))
);
CREATE UNIQUE INDEX "orders_number_key" ON "orders" ("number");
-- One order per cart, whatever races.
CREATE UNIQUE INDEX "orders_cart_id_key" ON "orders" ("cart_id");
-- User.orders, Query.orders, Query.orders(status:); read backwards, the newest first. `id` makes the order total.
CREATE INDEX "orders_customer_id_placed_at_id_idx" ON "orders" ("customer_id", "placed_at", "id");
CREATE INDEX "orders_placed_at_id_idx" ON "orders" ("placed_at", "id");
CREATE INDEX "orders_status_placed_at_id_idx" ON "orders" ("status", "placed_at", "id");
-- The saga's timers: partial, so that it stays as small as what is under way.
CREATE INDEX "orders_due_at_idx" ON "orders" ("due_at") WHERE "due_at" IS NOT NULL;

CREATE TABLE "order_line" (
  "id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "variant_id" TEXT NOT NULL,
  "product_id" TEXT NOT NULL,
  "sku" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "unit_minor" BIGINT NOT NULL,
  "quantity" SMALLINT NOT NULL,
  "discount_minor" BIGINT NOT NULL,
  CONSTRAINT "order_line_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "order_line_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "order_line_quantity_check" CHECK ("quantity" BETWEEN 1 AND 99),
  CONSTRAINT "order_line_amounts_check" CHECK ("unit_minor" >= 0 AND "discount_minor" BETWEEN 0 AND "unit_minor" * "quantity")
);
CREATE UNIQUE INDEX "order_line_order_id_position_key" ON "order_line" ("order_id", "position");
CREATE UNIQUE INDEX "order_line_order_id_variant_id_key" ON "order_line" ("order_id", "variant_id");

CREATE TABLE "order_status_change" (
  "order_id" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "from_status" "order_status",
  "to_status" "order_status" NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "actor" "actor" NOT NULL,
  CONSTRAINT "order_status_change_pkey" PRIMARY KEY ("order_id", "version"),
  CONSTRAINT "order_status_change_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "order_status_change_first_check" CHECK (("version" = 1) = ("from_status" IS NULL)),
  CONSTRAINT "order_status_change_moves_check" CHECK ("from_status" <> "to_status")
);

CREATE TABLE "coupon_redemption" (
  "order_id" TEXT NOT NULL,
  "coupon_id" TEXT NOT NULL,
  "customer_id" TEXT NOT NULL,
  "redeemed_at" TIMESTAMPTZ(3) NOT NULL,
  "released_at" TIMESTAMPTZ(3),
  CONSTRAINT "coupon_redemption_pkey" PRIMARY KEY ("order_id"),
  CONSTRAINT "coupon_redemption_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "coupon_redemption_coupon_id_fkey" FOREIGN KEY ("coupon_id") REFERENCES "coupon" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE INDEX "coupon_redemption_coupon_id_customer_id_idx" ON "coupon_redemption" ("coupon_id", "customer_id");
