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

-- A leaky bucket per caller and kind of attempt: it is empty again at "empty_at". See throttle.ts.
CREATE TABLE "throttle" (
  "key" TEXT NOT NULL,
  "empty_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "throttle_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "throttle_empty_at_idx" ON "throttle" ("empty_at");

-- Users whose accounts are deleted, and when their data is erased next. See deleted-users.ts.
CREATE TABLE "deleted_user" (
  "user_id" TEXT NOT NULL,
  "deleted_at" TIMESTAMPTZ(3) NOT NULL,
  "due_at" TIMESTAMPTZ(3),
  CONSTRAINT "deleted_user_pkey" PRIMARY KEY ("user_id")
);
CREATE INDEX "deleted_user_due_at_idx" ON "deleted_user" ("due_at") WHERE "due_at" IS NOT NULL;

-- Ids are compared by their bytes (COLLATE "C"), which is faster than by a language.
CREATE TABLE "known_product" (
  "product_id" TEXT COLLATE "C" NOT NULL,
  "sequence" INTEGER NOT NULL DEFAULT 0,
  "status" TEXT NOT NULL DEFAULT 'UNKNOWN',
  "in_stock" BOOLEAN NOT NULL DEFAULT false,
  "popularity" DOUBLE PRECISION NOT NULL DEFAULT 0,
  CONSTRAINT "known_product_pkey" PRIMARY KEY ("product_id"),
  CONSTRAINT "known_product_status_check" CHECK ("status" IN ('UNKNOWN', 'DRAFT', 'ACTIVE', 'ARCHIVED'))
);
CREATE INDEX "known_product_popularity_idx" ON "known_product" ("popularity" DESC, "product_id") WHERE status = 'ACTIVE' AND in_stock;

CREATE TABLE "known_variant" (
  "variant_id" TEXT COLLATE "C" NOT NULL,
  "product_id" TEXT COLLATE "C",
  "in_stock" BOOLEAN NOT NULL DEFAULT false,
  "sequence" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "known_variant_pkey" PRIMARY KEY ("variant_id")
);
CREATE INDEX "known_variant_product_id_idx" ON "known_variant" ("product_id");

CREATE TABLE "known_order" (
  "order_id" TEXT COLLATE "C" NOT NULL,
  "buyer_id" TEXT COLLATE "C",
  "is_closed" BOOLEAN NOT NULL DEFAULT false,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "known_order_pkey" PRIMARY KEY ("order_id")
);
CREATE INDEX "known_order_at_idx" ON "known_order" ("at");
CREATE INDEX "known_order_buyer_id_idx" ON "known_order" ("buyer_id");

CREATE TABLE "purchase" (
  "order_id" TEXT COLLATE "C" NOT NULL,
  "product_id" TEXT COLLATE "C" NOT NULL,
  "buyer_id" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "purchase_pkey" PRIMARY KEY ("order_id", "product_id")
);
-- The newest buyers of a product, and what a buyer bought, without reading the table.
CREATE INDEX "purchase_product_id_at_buyer_id_order_id_idx" ON "purchase" ("product_id", "at" DESC, "buyer_id", "order_id");
CREATE INDEX "purchase_buyer_id_at_product_id_idx" ON "purchase" ("buyer_id", "at" DESC, "product_id");
CREATE INDEX "purchase_at_idx" ON "purchase" ("at");

CREATE TABLE "product_view" (
  "session" TEXT COLLATE "C" NOT NULL,
  "product_id" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "product_view_pkey" PRIMARY KEY ("session", "product_id")
);
CREATE INDEX "product_view_product_id_at_session_idx" ON "product_view" ("product_id", "at" DESC, "session");
CREATE INDEX "product_view_at_idx" ON "product_view" ("at");

CREATE TABLE "neighbour_list" (
  "kind" TEXT NOT NULL,
  "product_id" TEXT COLLATE "C" NOT NULL,
  "others" TEXT[] NOT NULL,
  "scores" DOUBLE PRECISION[] NOT NULL,
  "derived_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "neighbour_list_pkey" PRIMARY KEY ("kind", "product_id"),
  CONSTRAINT "neighbour_list_kind_check" CHECK ("kind" IN ('ORDER', 'BUYER', 'VIEW')),
  CONSTRAINT "neighbour_list_scores_check" CHECK (cardinality("others") = cardinality("scores") AND cardinality("others") BETWEEN 1 AND 50)
);
CREATE INDEX "neighbour_list_derived_at_idx" ON "neighbour_list" ("derived_at");

CREATE TABLE "stale_product" (
  "id" BIGSERIAL NOT NULL,
  "source" TEXT NOT NULL,
  "product_id" TEXT COLLATE "C" NOT NULL,
  "event_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "stale_product_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "stale_product_source_check" CHECK ("source" IN ('PURCHASE', 'VIEW'))
);
CREATE INDEX "stale_product_source_product_id_idx" ON "stale_product" ("source", "product_id");

CREATE TABLE "progress" (
  "slot" INTEGER NOT NULL,
  "through" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "progress_pkey" PRIMARY KEY ("slot")
);
