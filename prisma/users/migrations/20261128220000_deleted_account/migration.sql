-- All that is kept of a deleted account.
CREATE TABLE "deleted_account" (
  "user_id" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "deleted_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "deleted_account_pkey" PRIMARY KEY ("user_id")
);
