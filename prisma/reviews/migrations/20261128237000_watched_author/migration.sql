-- An author of whom a moderator has taken down a review of this product: later texts wait for a moderator.
CREATE TABLE "watched_author" (
  "product_id" TEXT NOT NULL,
  "author_id" TEXT NOT NULL,
  CONSTRAINT "watched_author_pkey" PRIMARY KEY ("product_id", "author_id")
);
