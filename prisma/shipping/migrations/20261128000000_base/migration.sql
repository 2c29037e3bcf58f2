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

CREATE TYPE "shipping_speed" AS ENUM ('ECONOMY', 'STANDARD', 'EXPRESS');
CREATE TYPE "fulfilment_status" AS ENUM ('OPEN', 'CANCELLING', 'CANCELLED');
CREATE TYPE "shipment_status" AS ENUM ('PENDING', 'LABEL_CREATED', 'IN_TRANSIT', 'DELIVERED', 'RETURNED', 'FAILED', 'CANCELLED');
CREATE TYPE "label_state" AS ENUM ('WANTED', 'ASKED', 'MADE', 'VOIDED', 'REFUSED');
CREATE TYPE "shipment_failure" AS ENUM ('LOST', 'RETURNED_TO_SENDER', 'REFUSED_BY_CARRIER');
CREATE TYPE "return_status" AS ENUM ('REQUESTED', 'APPROVED', 'RECEIVED', 'REFUNDED', 'REJECTED', 'CANCELLED');
CREATE TYPE "quote_key_status" AS ENUM ('NEXT', 'CURRENT', 'RETIRED');

-- What shipping costs: rows that staff change.
CREATE TABLE "zone" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "zone_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "zone_name_check" CHECK (char_length("name") BETWEEN 1 AND 100)
);
CREATE UNIQUE INDEX "zone_name_key" ON "zone" ("name");

-- The key makes sure that a destination belongs to one zone: the longest prefix that matches.
CREATE TABLE "zone_area" (
  "country_code" TEXT NOT NULL,
  "postal_prefix" TEXT NOT NULL,
  "zone_id" TEXT NOT NULL,
  CONSTRAINT "zone_area_pkey" PRIMARY KEY ("country_code", "postal_prefix"),
  CONSTRAINT "zone_area_zone_id_fkey" FOREIGN KEY ("zone_id") REFERENCES "zone" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "zone_area_country_code_check" CHECK ("country_code" ~ '^[A-Z]{2}$'),
  CONSTRAINT "zone_area_postal_prefix_check" CHECK (char_length("postal_prefix") <= 16)
);
CREATE INDEX "zone_area_zone_id_idx" ON "zone_area" ("zone_id");

CREATE TABLE "method" (
  "id" TEXT NOT NULL,
  "carrier" TEXT NOT NULL,
  "service" TEXT NOT NULL,
  "speed" "shipping_speed" NOT NULL,
  "active" BOOLEAN NOT NULL DEFAULT true,
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "method_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "method_carrier_service_key" ON "method" ("carrier", "service");

-- Bands by their upper end alone: they cannot overlap, and have no gap but above the last.
CREATE TABLE "rate" (
  "id" TEXT NOT NULL,
  "zone_id" TEXT NOT NULL,
  "method_id" TEXT NOT NULL,
  "currency" TEXT NOT NULL,
  "up_to_grams" INTEGER NOT NULL,
  "price_minor" BIGINT NOT NULL,
  "estimated_days" INTEGER NOT NULL,
  "active" BOOLEAN NOT NULL DEFAULT true,
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "rate_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "rate_zone_id_fkey" FOREIGN KEY ("zone_id") REFERENCES "zone" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "rate_method_id_fkey" FOREIGN KEY ("method_id") REFERENCES "method" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "rate_up_to_grams_check" CHECK ("up_to_grams" BETWEEN 1 AND 1000000000),
  CONSTRAINT "rate_price_minor_check" CHECK ("price_minor" BETWEEN 0 AND 999999999999),
  CONSTRAINT "rate_estimated_days_check" CHECK ("estimated_days" BETWEEN 1 AND 90)
);
CREATE UNIQUE INDEX "rate_zone_id_currency_method_id_up_to_grams_key" ON "rate" ("zone_id", "currency", "method_id", "up_to_grams");

CREATE TABLE "quote_key" (
  "id" TEXT NOT NULL,
  "status" "quote_key_status" NOT NULL,
  "public_key" BYTEA NOT NULL,
  "sealed_private_key" BYTEA NOT NULL,
  "version" INTEGER NOT NULL DEFAULT 1,
  "not_after" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "activated_at" TIMESTAMPTZ(3),
  "retired_at" TIMESTAMPTZ(3),
  CONSTRAINT "quote_key_pkey" PRIMARY KEY ("id")
);
-- One key signs, one waits.
CREATE UNIQUE INDEX "quote_key_live_key" ON "quote_key" ("status") WHERE "status" <> 'RETIRED';

CREATE TABLE "fulfilment" (
  "order_id" TEXT NOT NULL,
  "order_number" TEXT,
  "customer_id" TEXT,
  "status" "fulfilment_status" NOT NULL,
  "carrier" TEXT,
  "service" TEXT,
  "email" TEXT,
  "address" JSONB,
  "version" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "fulfilment_pkey" PRIMARY KEY ("order_id")
);
CREATE INDEX "fulfilment_customer_id_idx" ON "fulfilment" ("customer_id");

-- Orders of guests that an account has claimed; the news may come before the order does.
CREATE TABLE "order_claim" (
  "order_id" TEXT NOT NULL,
  "customer_id" TEXT NOT NULL,
  CONSTRAINT "order_claim_pkey" PRIMARY KEY ("order_id")
);

CREATE TABLE "shipment" (
  "id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "status" "shipment_status" NOT NULL,
  "version" INTEGER NOT NULL,
  "warehouse_id" TEXT NOT NULL,
  "warehouse_code" TEXT NOT NULL,
  "weight_grams" INTEGER NOT NULL,
  "label" "label_state" NOT NULL,
  "attempt" INTEGER NOT NULL DEFAULT 1,
  "label_id" TEXT,
  "tracking_number" TEXT,
  "tracking_url" TEXT,
  "failure" "shipment_failure",
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "dispatched_at" TIMESTAMPTZ(3),
  "delivered_at" TIMESTAMPTZ(3),
  "call_at" TIMESTAMPTZ(3),
  "failures" INTEGER NOT NULL DEFAULT 0,
  "last_error" TEXT,
  CONSTRAINT "shipment_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "shipment_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "fulfilment" ("order_id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "shipment_delivered_check" CHECK (("status" = 'DELIVERED') = ("delivered_at" IS NOT NULL)),
  CONSTRAINT "shipment_dispatched_check" CHECK ("dispatched_at" IS NOT NULL OR "status" NOT IN ('IN_TRANSIT', 'DELIVERED', 'RETURNED')),
  CONSTRAINT "shipment_failure_check" CHECK (("failure" IS NOT NULL) = ("status" IN ('FAILED', 'RETURNED')))
);
CREATE UNIQUE INDEX "shipment_order_id_position_key" ON "shipment" ("order_id", "position");
CREATE INDEX "shipment_created_at_id_idx" ON "shipment" ("created_at", "id");
CREATE INDEX "shipment_status_created_at_id_idx" ON "shipment" ("status", "created_at", "id");
CREATE INDEX "shipment_label_id_idx" ON "shipment" ("label_id");
-- Those that the carrier is to be asked about: as few as are on their way.
CREATE INDEX "shipment_call_idx" ON "shipment" ("call_at") WHERE "call_at" IS NOT NULL;

CREATE TABLE "shipment_line" (
  "shipment_id" TEXT NOT NULL,
  "order_line_id" TEXT NOT NULL,
  "variant_id" TEXT NOT NULL,
  "quantity" INTEGER NOT NULL,
  "weight_grams" INTEGER NOT NULL,
  CONSTRAINT "shipment_line_pkey" PRIMARY KEY ("shipment_id", "order_line_id"),
  CONSTRAINT "shipment_line_shipment_id_fkey" FOREIGN KEY ("shipment_id") REFERENCES "shipment" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "shipment_line_quantity_check" CHECK ("quantity" >= 1)
);

CREATE TABLE "tracking_event" (
  "shipment_id" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "status" "shipment_status" NOT NULL,
  "location" TEXT,
  "description" TEXT NOT NULL,
  CONSTRAINT "tracking_event_pkey" PRIMARY KEY ("shipment_id", "id"),
  CONSTRAINT "tracking_event_shipment_id_fkey" FOREIGN KEY ("shipment_id") REFERENCES "shipment" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);

CREATE TABLE "return_request" (
  "id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "customer_id" TEXT,
  "status" "return_status" NOT NULL,
  "version" INTEGER NOT NULL,
  "reason" TEXT,
  "rejection" TEXT,
  "requested_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "return_request_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "return_request_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "fulfilment" ("order_id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "return_request_rejection_check" CHECK (("rejection" IS NOT NULL) = ("status" = 'REJECTED'))
);
CREATE INDEX "return_request_order_id_idx" ON "return_request" ("order_id");
CREATE INDEX "return_request_customer_id_requested_at_id_idx" ON "return_request" ("customer_id", "requested_at", "id");
CREATE INDEX "return_request_requested_at_id_idx" ON "return_request" ("requested_at", "id");
CREATE INDEX "return_request_status_requested_at_id_idx" ON "return_request" ("status", "requested_at", "id");

CREATE TABLE "return_line" (
  "return_id" TEXT NOT NULL,
  "order_line_id" TEXT NOT NULL,
  "variant_id" TEXT NOT NULL,
  "quantity" INTEGER NOT NULL,
  "received_quantity" INTEGER,
  "restock" BOOLEAN,
  "warehouse_id" TEXT NOT NULL,
  CONSTRAINT "return_line_pkey" PRIMARY KEY ("return_id", "order_line_id"),
  CONSTRAINT "return_line_return_id_fkey" FOREIGN KEY ("return_id") REFERENCES "return_request" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "return_line_quantity_check" CHECK ("quantity" >= 1 AND "received_quantity" BETWEEN 0 AND "quantity"),
  CONSTRAINT "return_line_received_check" CHECK (("received_quantity" IS NULL) = ("restock" IS NULL))
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
