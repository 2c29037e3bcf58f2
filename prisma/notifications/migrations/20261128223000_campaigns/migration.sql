-- Whether e-mails of campaigns may tell that they were opened.
ALTER TABLE "person_setting" ADD COLUMN "allows_open_tracking" BOOLEAN NOT NULL DEFAULT false;

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
