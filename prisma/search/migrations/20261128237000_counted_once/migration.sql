-- Which network searched for a text on a day: each counts once. Rows of earlier days are deleted.
CREATE TABLE "query_searcher" (
  "day" DATE NOT NULL,
  "searcher" TEXT NOT NULL,
  "query" TEXT COLLATE "C" NOT NULL,
  CONSTRAINT "query_searcher_pkey" PRIMARY KEY ("day", "searcher", "query")
);

-- A leaky bucket per caller and kind of attempt: it is empty again at "empty_at". See throttle.ts.
CREATE TABLE "throttle" (
  "key" TEXT NOT NULL,
  "empty_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "throttle_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "throttle_empty_at_idx" ON "throttle" ("empty_at");

-- Whether all words of a text are words of the catalogue: others are not suggested.
ALTER TABLE "query_count" ADD COLUMN "in_vocabulary" BOOLEAN NOT NULL DEFAULT false;

UPDATE "query_count" SET "in_vocabulary" = true
 WHERE "day" > now() - interval '30 days' AND "query" ~ '^[[:alnum:] ]+$'
   AND NOT EXISTS (SELECT FROM regexp_split_to_table(lower(unaccent("query")), '[^[:alnum:]]+') AS part
                    WHERE part <> '' AND NOT EXISTS (SELECT FROM "word" w WHERE w."word" = part));

CREATE INDEX "query_count_suggested_idx" ON "query_count" ("query", "day", "searches", "zero_results") WHERE "in_vocabulary";
