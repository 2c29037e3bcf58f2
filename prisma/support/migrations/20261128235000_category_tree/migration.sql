-- CreateTable
CREATE TABLE "known_category" (
  "category_id" TEXT NOT NULL,
  "parent_id" TEXT,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "known_category_pkey" PRIMARY KEY ("category_id")
);
