-- The wide network of a searcher, and whether its search was the first of the day for the text: a wide network begins few texts a day.
ALTER TABLE "query_searcher" ADD COLUMN "area" TEXT NOT NULL DEFAULT '';
ALTER TABLE "query_searcher" ADD COLUMN "is_first" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "query_searcher_first_idx" ON "query_searcher" ("day", "area") WHERE is_first;
