-- Grows with each change of a product's stars: the sequence of the events that tell of it.
ALTER TABLE "rating_summary" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;
