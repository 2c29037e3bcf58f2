-- Whoever signs up may give another's address: only a verified one is the account's own.
CREATE TABLE "verified_address" (
  "user_id" TEXT NOT NULL,
  "email" TEXT,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "verified_address_pkey" PRIMARY KEY ("user_id")
);
-- Users whose accounts are deleted, and when their data is erased next. See deleted-users.ts.
CREATE TABLE "deleted_user" (
  "user_id" TEXT NOT NULL,
  "deleted_at" TIMESTAMPTZ(3) NOT NULL,
  "due_at" TIMESTAMPTZ(3),
  CONSTRAINT "deleted_user_pkey" PRIMARY KEY ("user_id")
);
CREATE INDEX "deleted_user_due_at_idx" ON "deleted_user" ("due_at") WHERE "due_at" IS NOT NULL;
