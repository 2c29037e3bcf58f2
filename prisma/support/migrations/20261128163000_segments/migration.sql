ALTER TABLE "known_product" ADD COLUMN "category_id" TEXT;

-- Orders as sales, which the facts of customers are computed from.
CREATE TABLE "sale" (
  "order_id" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "buyer" TEXT,
  "placed_at" TIMESTAMPTZ(3) NOT NULL,
  "currency" TEXT NOT NULL DEFAULT 'USD',
  "net_minor" BIGINT NOT NULL DEFAULT 0,
  "country_code" TEXT,
  "product_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
  CONSTRAINT "sale_pkey" PRIMARY KEY ("order_id"),
  CONSTRAINT "sale_status_check" CHECK ("status" IN ('CLAIMED', 'SOLD', 'CANCELLED'))
);
CREATE INDEX "sale_buyer_idx" ON "sale" ("buyer", "placed_at", "order_id") WHERE "buyer" IS NOT NULL;
CREATE INDEX "sale_products_idx" ON "sale" USING GIN ("product_ids");

CREATE TABLE "customer" (
  "user_id" TEXT NOT NULL,
  "orders" INTEGER NOT NULL DEFAULT 0,
  "first_order_at" TIMESTAMPTZ(3),
  "last_order_at" TIMESTAMPTZ(3),
  "currency" TEXT,
  "country_code" TEXT,
  "spent" JSONB NOT NULL DEFAULT '{}',
  "recency_score" INTEGER,
  "frequency_score" INTEGER,
  "monetary_score" INTEGER,
  "accepts_campaigns" BOOLEAN NOT NULL DEFAULT false,
  "consent_sequence" INTEGER NOT NULL DEFAULT 0,
  "due_at" TIMESTAMPTZ(3),
  "is_deleted" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "customer_pkey" PRIMARY KEY ("user_id"),
  CONSTRAINT "customer_score_check" CHECK ("recency_score" BETWEEN 1 AND 5 AND "frequency_score" BETWEEN 1 AND 5 AND "monetary_score" BETWEEN 1 AND 5)
);
-- The timer reads only the customers that are due.
CREATE INDEX "customer_due_idx" ON "customer" ("due_at") WHERE "due_at" IS NOT NULL;
-- Accounts that are known already.
INSERT INTO "customer" ("user_id", "due_at", "is_deleted")
SELECT "user_id", CASE WHEN "display_name" IS NOT NULL THEN CURRENT_TIMESTAMP END, "display_name" IS NULL FROM "person";

CREATE TABLE "rfm_scale" (
  "id" INTEGER NOT NULL,
  "scale" JSONB NOT NULL,
  "computed_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "rfm_scale_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "rfm_scale_one_check" CHECK ("id" = 1)
);

CREATE TABLE "segment" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "rule" JSONB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  "built_through" TEXT,
  "deleted_at" TIMESTAMPTZ(3),
  CONSTRAINT "segment_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "segment_name_check" CHECK (char_length("name") BETWEEN 1 AND 80),
  CONSTRAINT "segment_rule_check" CHECK (jsonb_array_length("rule") BETWEEN 1 AND 10)
);
CREATE UNIQUE INDEX "segment_name_key" ON "segment" ("name") WHERE "deleted_at" IS NULL;
-- The timer reads only the segments that have something left to do.
CREATE INDEX "segment_unfinished_idx" ON "segment" ("id") WHERE "built_through" IS NOT NULL OR "deleted_at" IS NOT NULL;

CREATE TABLE "segment_member" (
  "segment_id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  "reasons" JSONB NOT NULL,
  CONSTRAINT "segment_member_pkey" PRIMARY KEY ("segment_id", "user_id"),
  CONSTRAINT "segment_member_segment_id_fkey" FOREIGN KEY ("segment_id") REFERENCES "segment" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE INDEX "segment_member_user_id_idx" ON "segment_member" ("user_id");
CREATE INDEX "segment_member_segment_id_since_user_id_idx" ON "segment_member" ("segment_id", "since", "user_id");

CREATE TABLE "progress" (
  "slot" INTEGER NOT NULL,
  "through" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "progress_pkey" PRIMARY KEY ("slot")
);
