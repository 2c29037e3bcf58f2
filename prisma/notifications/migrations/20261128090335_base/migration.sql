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

-- A copy of what users publishes.
CREATE TABLE "person" (
  "user_id" TEXT NOT NULL,
  "email" TEXT,
  "display_name" TEXT NOT NULL DEFAULT '',
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "person_pkey" PRIMARY KEY ("user_id")
);

-- A copy of what orders publishes.
CREATE TABLE "known_order" (
  "order_id" TEXT NOT NULL,
  "number" TEXT NOT NULL DEFAULT '',
  "customer_id" TEXT,
  "email" TEXT,
  "claimed_by" TEXT,
  "country_code" TEXT NOT NULL DEFAULT '',
  "currency" TEXT NOT NULL DEFAULT 'USD',
  "total_minor" BIGINT NOT NULL DEFAULT 0,
  "lines" JSONB NOT NULL DEFAULT '[]',
  "sequence" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "known_order_pkey" PRIMARY KEY ("order_id")
);

CREATE TABLE "occasion" (
  "id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "order_id" TEXT,
  "user_id" TEXT,
  "data" JSONB NOT NULL DEFAULT '{}',
  "state" TEXT NOT NULL DEFAULT 'PENDING',
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "note" TEXT,
  CONSTRAINT "occasion_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "occasion_state_check" CHECK ("state" IN ('PENDING', 'DONE', 'DROPPED'))
);
-- The timer reads only what waits.
CREATE INDEX "occasion_pending_idx" ON "occasion" ("due_at") WHERE "state" = 'PENDING';
CREATE INDEX "occasion_created_at_idx" ON "occasion" ("created_at");

CREATE TABLE "notification" (
  "id" TEXT NOT NULL,
  "occasion_id" TEXT NOT NULL,
  "recipient" TEXT NOT NULL,
  "user_id" TEXT,
  "channel" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "language" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "content" JSONB,
  "address" TEXT,
  "status" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "available_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3),
  "last_error" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "sent_at" TIMESTAMPTZ(3),
  "read_at" TIMESTAMPTZ(3),
  CONSTRAINT "notification_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "notification_channel_check" CHECK ("channel" IN ('EMAIL', 'SMS', 'PUSH', 'IN_APP')),
  CONSTRAINT "notification_status_check" CHECK ("status" IN ('QUEUED', 'SENT', 'FAILED', 'SUPPRESSED')),
  CONSTRAINT "notification_title_check" CHECK (char_length("title") BETWEEN 1 AND 200),
  CONSTRAINT "notification_body_check" CHECK (char_length("body") BETWEEN 1 AND 2000)
);
-- One effect for each occasion, person and channel.
CREATE UNIQUE INDEX "notification_occasion_id_recipient_channel_key" ON "notification" ("occasion_id", "recipient", "channel");
-- The list of a person; `id` makes the order total.
CREATE INDEX "notification_user_id_created_at_id_idx" ON "notification" ("user_id", "created_at", "id");
CREATE INDEX "notification_queued_idx" ON "notification" ("available_at") WHERE "status" = 'QUEUED';
CREATE INDEX "notification_unread_idx" ON "notification" ("user_id") WHERE "channel" = 'IN_APP' AND "read_at" IS NULL;
CREATE INDEX "notification_created_at_idx" ON "notification" ("created_at");
