CREATE TABLE "quarter_count" (
  "quarter" TIMESTAMPTZ(3) NOT NULL,
  "slot" INTEGER NOT NULL,
  "count" INTEGER NOT NULL,
  "is_told" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "quarter_count_pkey" PRIMARY KEY ("quarter", "slot")
);
CREATE INDEX "quarter_count_waiting_idx" ON "quarter_count" ("quarter", "slot") WHERE (NOT is_told);
