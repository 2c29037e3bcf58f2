CREATE TABLE "activity" (
  "quarter" TIMESTAMPTZ(3) NOT NULL,
  "kind" TEXT NOT NULL,
  "count" INTEGER NOT NULL,
  CONSTRAINT "activity_pkey" PRIMARY KEY ("quarter", "kind")
);
