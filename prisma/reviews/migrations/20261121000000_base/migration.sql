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

CREATE TYPE "review_status" AS ENUM ('PENDING', 'PUBLISHED', 'REJECTED');

-- Read models: what other subgraphs have told us.
CREATE TABLE "known_product" (
  "product_id" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "known_product_pkey" PRIMARY KEY ("product_id")
);

CREATE TABLE "author" (
  "user_id" TEXT NOT NULL,
  "display_name" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "author_pkey" PRIMARY KEY ("user_id")
);

CREATE TABLE "review" (
  "id" TEXT NOT NULL,
  "product_id" TEXT NOT NULL,
  "author_id" TEXT NOT NULL,
  "rating" SMALLINT NOT NULL,
  "title" TEXT,
  "body" TEXT NOT NULL,
  "status" "review_status" NOT NULL,
  "version" INTEGER NOT NULL,
  "helpful_count" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "review_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "review_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "known_product" ("product_id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "review_rating_check" CHECK ("rating" BETWEEN 1 AND 5),
  CONSTRAINT "review_title_check" CHECK (char_length("title") BETWEEN 1 AND 120),
  CONSTRAINT "review_body_check" CHECK (char_length("body") BETWEEN 1 AND 5000),
  CONSTRAINT "review_version_check" CHECK ("version" >= 1),
  CONSTRAINT "review_helpful_count_check" CHECK ("helpful_count" >= 0)
);
-- One review per customer and product, whatever races.
CREATE UNIQUE INDEX "review_product_id_author_id_key" ON "review" ("product_id", "author_id");
-- One index per sort of Product.reviews; read backwards for a descending one. `id` makes the order total.
CREATE INDEX "review_product_id_status_helpful_count_id_idx" ON "review" ("product_id", "status", "helpful_count", "id");
CREATE INDEX "review_product_id_status_created_at_id_idx" ON "review" ("product_id", "status", "created_at", "id");
CREATE INDEX "review_product_id_status_rating_id_idx" ON "review" ("product_id", "status", "rating", "id");
-- User.reviews.
CREATE INDEX "review_author_id_created_at_id_idx" ON "review" ("author_id", "created_at", "id");
-- reviewsToModerate: partial, so that it stays as small as the queue. Prisma's schema language cannot say so.
CREATE INDEX "review_pending_idx" ON "review" ("updated_at", "id") WHERE "status" = 'PENDING';

CREATE TABLE "helpful_vote" (
  "review_id" TEXT NOT NULL,
  "customer_id" TEXT NOT NULL,
  "voted_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "helpful_vote_pkey" PRIMARY KEY ("review_id", "customer_id"),
  CONSTRAINT "helpful_vote_review_id_fkey" FOREIGN KEY ("review_id") REFERENCES "review" ("id") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE TABLE "rating_summary" (
  "product_id" TEXT NOT NULL,
  "stars_1" INTEGER NOT NULL,
  "stars_2" INTEGER NOT NULL,
  "stars_3" INTEGER NOT NULL,
  "stars_4" INTEGER NOT NULL,
  "stars_5" INTEGER NOT NULL,
  "as_of" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "rating_summary_pkey" PRIMARY KEY ("product_id"),
  CONSTRAINT "rating_summary_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "known_product" ("product_id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "rating_summary_stars_check" CHECK (LEAST("stars_1", "stars_2", "stars_3", "stars_4", "stars_5") >= 0)
);
