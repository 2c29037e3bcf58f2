CREATE TABLE "quarter_count" (
  "quarter" TIMESTAMPTZ(3) NOT NULL,
  "slot" INTEGER NOT NULL,
  "count" INTEGER NOT NULL,
  "is_told" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "quarter_count_pkey" PRIMARY KEY ("quarter", "slot")
);
CREATE INDEX "quarter_count_waiting_idx" ON "quarter_count" ("quarter", "slot") WHERE (NOT is_told);
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
