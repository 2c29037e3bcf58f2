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

CREATE TYPE "availability_status" AS ENUM ('IN_STOCK', 'LOW_STOCK', 'OUT_OF_STOCK', 'BACKORDER');
CREATE TYPE "reservation_status" AS ENUM ('HELD', 'COMMITTED', 'RESTOCKED', 'RELEASED', 'EXPIRED', 'REJECTED');
CREATE TYPE "stock_movement_kind" AS ENUM (
  'INITIAL', 'RECEIVED', 'DAMAGED', 'COUNT_CORRECTION', 'RETURNED',
  'RESERVED', 'RELEASED', 'EXPIRED', 'COMMITTED', 'RESTOCKED'
);

CREATE TABLE "warehouse" (
  "id" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "stocks_new_variants" BOOLEAN NOT NULL DEFAULT true,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "warehouse_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "warehouse_code_check" CHECK ("code" ~ '^[A-Z0-9-]{2,16}$'),
  CONSTRAINT "warehouse_name_check" CHECK (length("name") BETWEEN 1 AND 100)
);
CREATE UNIQUE INDEX "warehouse_code_key" ON "warehouse" ("code");

CREATE TABLE "variant" (
  "id" TEXT NOT NULL,
  "availability_status" "availability_status" NOT NULL DEFAULT 'OUT_OF_STOCK',
  "available_quantity" INTEGER NOT NULL DEFAULT 0,
  "availability_sequence" INTEGER NOT NULL DEFAULT 0,
  "available_as_of" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "variant_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "variant_availability_check" CHECK (
    CASE "availability_status"
      WHEN 'IN_STOCK' THEN "available_quantity" BETWEEN 6 AND 20
      WHEN 'LOW_STOCK' THEN "available_quantity" BETWEEN 1 AND 5
      ELSE "available_quantity" = 0
    END
  )
) WITH (fillfactor = 80);

-- Room on each page (fillfactor): the levels of a popular sock are updated again and again.
CREATE TABLE "stock_level" (
  "id" TEXT NOT NULL,
  "variant_id" TEXT NOT NULL,
  "warehouse_id" TEXT NOT NULL,
  "on_hand" INTEGER NOT NULL DEFAULT 0,
  "reserved" INTEGER NOT NULL DEFAULT 0,
  "incoming" INTEGER NOT NULL DEFAULT 0,
  "reorder_point" INTEGER NOT NULL DEFAULT 0,
  "version" INTEGER NOT NULL DEFAULT 1,
  CONSTRAINT "stock_level_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "stock_level_no_oversell_check" CHECK ("reserved" >= 0 AND "on_hand" >= "reserved"),
  CONSTRAINT "stock_level_incoming_check" CHECK ("incoming" >= 0),
  CONSTRAINT "stock_level_reorder_point_check" CHECK ("reorder_point" >= 0),
  CONSTRAINT "stock_level_version_check" CHECK ("version" >= 1),
  CONSTRAINT "stock_level_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "variant" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "stock_level_warehouse_id_fkey" FOREIGN KEY ("warehouse_id") REFERENCES "warehouse" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX "stock_level_variant_id_warehouse_id_key" ON "stock_level" ("variant_id", "warehouse_id");

CREATE TABLE "stock_movement" (
  "id" BIGSERIAL NOT NULL,
  "stock_level_id" TEXT NOT NULL,
  "kind" "stock_movement_kind" NOT NULL,
  "on_hand_delta" INTEGER NOT NULL,
  "reserved_delta" INTEGER NOT NULL,
  "on_hand" INTEGER NOT NULL,
  "reserved" INTEGER NOT NULL,
  "order_id" TEXT,
  "actor_id" TEXT,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "stock_movement_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "stock_movement_delta_check" CHECK ("on_hand_delta" <> 0 OR "reserved_delta" <> 0),
  CONSTRAINT "stock_movement_result_check" CHECK ("reserved" >= 0 AND "on_hand" >= "reserved"),
  CONSTRAINT "stock_movement_cause_check" CHECK (
    ("order_id" IS NOT NULL) = ("kind" IN ('RESERVED', 'RELEASED', 'EXPIRED', 'COMMITTED', 'RESTOCKED'))
  ),
  CONSTRAINT "stock_movement_stock_level_id_fkey" FOREIGN KEY ("stock_level_id") REFERENCES "stock_level" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "stock_movement_stock_level_id_id_idx" ON "stock_movement" ("stock_level_id", "id");

CREATE TABLE "reservation" (
  "id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "customer_id" TEXT,
  "status" "reservation_status" NOT NULL,
  "expires_at" TIMESTAMPTZ(3),
  "shortages" JSONB,
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "reservation_pkey" PRIMARY KEY ("id"),
  -- A released one may be a tombstone, released before it began: then it has no end either.
  CONSTRAINT "reservation_held_check" CHECK (
    CASE "status"
      WHEN 'REJECTED' THEN "expires_at" IS NULL
      WHEN 'RELEASED' THEN true
      ELSE "expires_at" IS NOT NULL
    END
  ),
  CONSTRAINT "reservation_shortages_check" CHECK (("status" = 'REJECTED') = ("shortages" IS NOT NULL)),
  CONSTRAINT "reservation_version_check" CHECK ("version" >= 1)
);
CREATE UNIQUE INDEX "reservation_order_id_key" ON "reservation" ("order_id");
-- The expiry timer reads only what is still held.
CREATE INDEX "reservation_held_idx" ON "reservation" ("expires_at") WHERE ("status" = 'HELD');

CREATE TABLE "reservation_line" (
  "reservation_id" TEXT NOT NULL,
  "stock_level_id" TEXT NOT NULL,
  "quantity" INTEGER NOT NULL,
  CONSTRAINT "reservation_line_pkey" PRIMARY KEY ("reservation_id", "stock_level_id"),
  CONSTRAINT "reservation_line_quantity_check" CHECK ("quantity" > 0),
  CONSTRAINT "reservation_line_reservation_id_fkey" FOREIGN KEY ("reservation_id") REFERENCES "reservation" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "reservation_line_stock_level_id_fkey" FOREIGN KEY ("stock_level_id") REFERENCES "stock_level" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TABLE "low_stock_alert" (
  "id" TEXT NOT NULL,
  "stock_level_id" TEXT NOT NULL,
  "available_quantity" INTEGER NOT NULL,
  "reorder_point" INTEGER NOT NULL,
  "raised_at" TIMESTAMPTZ(3) NOT NULL,
  "acknowledged_at" TIMESTAMPTZ(3),
  "acknowledged_by" TEXT,
  "resolved_at" TIMESTAMPTZ(3),
  CONSTRAINT "low_stock_alert_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "low_stock_alert_low_check" CHECK ("available_quantity" BETWEEN 0 AND "reorder_point"),
  CONSTRAINT "low_stock_alert_acknowledged_check" CHECK (("acknowledged_at" IS NULL) = ("acknowledged_by" IS NULL)),
  CONSTRAINT "low_stock_alert_stock_level_id_fkey" FOREIGN KEY ("stock_level_id") REFERENCES "stock_level" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
-- Once per fall, however many orders make the level fall at the same time.
CREATE UNIQUE INDEX "low_stock_alert_unresolved_key" ON "low_stock_alert" ("stock_level_id") WHERE ("resolved_at" IS NULL);
