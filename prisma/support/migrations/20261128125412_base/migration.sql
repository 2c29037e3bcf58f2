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

-- Copies of what others publish.
CREATE TABLE "known_product" (
  "product_id" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "known_product_pkey" PRIMARY KEY ("product_id")
);
CREATE TABLE "known_order" (
  "order_id" TEXT NOT NULL,
  "number" TEXT NOT NULL,
  "customer_id" TEXT,
  CONSTRAINT "known_order_pkey" PRIMARY KEY ("order_id")
);
CREATE TABLE "person" (
  "user_id" TEXT NOT NULL,
  "display_name" TEXT,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "person_pkey" PRIMARY KEY ("user_id")
);
CREATE TABLE "agent" (
  "user_id" TEXT NOT NULL,
  "active" BOOLEAN NOT NULL,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "agent_pkey" PRIMARY KEY ("user_id")
);
CREATE TABLE "order_progress" (
  "slot" INTEGER NOT NULL,
  "through" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "order_progress_pkey" PRIMARY KEY ("slot")
);

CREATE TYPE "ticket_status" AS ENUM ('OPEN', 'WAITING_AGENT', 'WAITING_CUSTOMER', 'RESOLVED', 'MERGED');
CREATE TYPE "ticket_priority" AS ENUM ('LOW', 'NORMAL', 'HIGH', 'URGENT');
CREATE TYPE "ticket_message_kind" AS ENUM ('CUSTOMER', 'AGENT', 'NOTE');

CREATE TABLE "ticket" (
  "id" TEXT NOT NULL,
  "customer_id" TEXT NOT NULL,
  "order_id" TEXT,
  "product_id" TEXT,
  "subject" TEXT NOT NULL,
  "status" "ticket_status" NOT NULL,
  "priority" "ticket_priority" NOT NULL,
  "assignee_id" TEXT,
  "merged_into_id" TEXT,
  "version" INTEGER NOT NULL,
  "sequence" INTEGER NOT NULL,
  "message_count" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  "resolved_at" TIMESTAMPTZ(3),
  "first_response_minutes" INTEGER NOT NULL,
  "resolution_minutes" INTEGER NOT NULL,
  "first_response_due_at" TIMESTAMPTZ(3) NOT NULL,
  "first_responded_at" TIMESTAMPTZ(3),
  "first_response_breached_at" TIMESTAMPTZ(3),
  "resolution_due_at" TIMESTAMPTZ(3) NOT NULL,
  "paused_at" TIMESTAMPTZ(3),
  "resolution_breached_at" TIMESTAMPTZ(3),
  "due_at" TIMESTAMPTZ(3),
  "breach_at" TIMESTAMPTZ(3),
  "rating" INTEGER,
  "rating_comment" TEXT,
  "rated_at" TIMESTAMPTZ(3),
  CONSTRAINT "ticket_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "ticket_merged_into_id_fkey" FOREIGN KEY ("merged_into_id") REFERENCES "ticket" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "ticket_subject_check" CHECK (char_length("subject") BETWEEN 1 AND 150),
  CONSTRAINT "ticket_version_check" CHECK ("version" >= 1 AND "sequence" >= "version"),
  CONSTRAINT "ticket_message_count_check" CHECK ("message_count" BETWEEN 0 AND 500),
  CONSTRAINT "ticket_merged_check" CHECK (("status" = 'MERGED') = ("merged_into_id" IS NOT NULL) AND "merged_into_id" <> "id"),
  CONSTRAINT "ticket_resolved_check" CHECK ("status" <> 'RESOLVED' OR "resolved_at" IS NOT NULL),
  CONSTRAINT "ticket_rating_check" CHECK ("rating" BETWEEN 1 AND 5 AND ("rating" IS NULL) = ("rated_at" IS NULL)),
  CONSTRAINT "ticket_rating_comment_check" CHECK ("rating_comment" IS NULL OR (char_length("rating_comment") BETWEEN 1 AND 1000 AND "rating" IS NOT NULL))
);
CREATE INDEX "ticket_created_at_id_idx" ON "ticket" ("created_at", "id");
CREATE INDEX "ticket_status_created_at_id_idx" ON "ticket" ("status", "created_at", "id");
CREATE INDEX "ticket_assignee_id_created_at_id_idx" ON "ticket" ("assignee_id", "created_at", "id");
CREATE INDEX "ticket_customer_id_created_at_id_idx" ON "ticket" ("customer_id", "created_at", "id");
CREATE INDEX "ticket_order_id_created_at_id_idx" ON "ticket" ("order_id", "created_at", "id");
CREATE INDEX "ticket_merged_into_id_idx" ON "ticket" ("merged_into_id");
-- Tickets whose clock runs, soonest due first.
CREATE INDEX "ticket_due_idx" ON "ticket" ("due_at", "id") WHERE "due_at" IS NOT NULL;
-- The timer that marks breaches reads only what has none yet.
CREATE INDEX "ticket_breach_idx" ON "ticket" ("breach_at") WHERE "breach_at" IS NOT NULL;

CREATE TABLE "ticket_message" (
  "id" TEXT NOT NULL,
  "ticket_id" TEXT NOT NULL,
  "kind" "ticket_message_kind" NOT NULL,
  "author_id" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "attachments" JSONB NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "ticket_message_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "ticket_message_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "ticket" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "ticket_message_body_check" CHECK (char_length("body") BETWEEN 1 AND 5000),
  CONSTRAINT "ticket_message_attachments_check" CHECK (jsonb_array_length("attachments") <= 5)
);
CREATE INDEX "ticket_message_ticket_id_at_id_idx" ON "ticket_message" ("ticket_id", "at", "id");

CREATE TABLE "ticket_template" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "active" BOOLEAN NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "ticket_template_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "ticket_template_name_check" CHECK (char_length("name") BETWEEN 1 AND 80),
  CONSTRAINT "ticket_template_body_check" CHECK (char_length("body") BETWEEN 1 AND 4000)
);
CREATE UNIQUE INDEX "ticket_template_name_key" ON "ticket_template" ("name");

CREATE TABLE "response_target" (
  "priority" "ticket_priority" NOT NULL,
  "first_response_minutes" INTEGER NOT NULL,
  "resolution_minutes" INTEGER NOT NULL,
  "version" INTEGER NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "response_target_pkey" PRIMARY KEY ("priority"),
  CONSTRAINT "response_target_minutes_check" CHECK ("first_response_minutes" BETWEEN 1 AND "resolution_minutes" AND "resolution_minutes" <= 525600)
);
-- Defaults, which updateResponseTarget changes.
INSERT INTO "response_target" VALUES
  ('LOW', 1440, 10080, 1, CURRENT_TIMESTAMP),
  ('NORMAL', 480, 4320, 1, CURRENT_TIMESTAMP),
  ('HIGH', 240, 1440, 1, CURRENT_TIMESTAMP),
  ('URGENT', 60, 480, 1, CURRENT_TIMESTAMP);

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

-- Wishes that what this subgraph holds be told again to one consumer. See republish.ts.
CREATE TABLE "republication" (
  "id" TEXT NOT NULL,
  "recipient" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3),
  "part" INTEGER NOT NULL DEFAULT 0,
  "cursor" TEXT,
  "sent" INTEGER NOT NULL DEFAULT 0,
  "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "available_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "finished_at" TIMESTAMPTZ(3),
  "last_error" TEXT,
  CONSTRAINT "republication_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "republication_unfinished_idx" ON "republication" ("available_at") WHERE "finished_at" IS NULL;

-- Users whose accounts are deleted, and when their data is erased next. See deleted-users.ts.
CREATE TABLE "deleted_user" (
  "user_id" TEXT NOT NULL,
  "deleted_at" TIMESTAMPTZ(3) NOT NULL,
  "due_at" TIMESTAMPTZ(3),
  CONSTRAINT "deleted_user_pkey" PRIMARY KEY ("user_id")
);
CREATE INDEX "deleted_user_due_at_idx" ON "deleted_user" ("due_at") WHERE "due_at" IS NOT NULL;
