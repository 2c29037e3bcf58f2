-- The texts that are suggested, derived of the counts by a timer: a suggestion reads at most these.
CREATE TABLE "suggested_query" (
  "query" TEXT COLLATE "C" NOT NULL,
  "searches" INTEGER NOT NULL,
  CONSTRAINT "suggested_query_pkey" PRIMARY KEY ("query")
);

INSERT INTO "suggested_query" ("query", "searches")
SELECT "query", sum("searches")::int FROM "query_count" WHERE "day" > now() - interval '30 days' AND "in_vocabulary"
 GROUP BY "query" HAVING sum("searches") >= 5 AND sum("zero_results") * 5 <= sum("searches")
 ORDER BY 2 DESC, 1 LIMIT 5000;

DROP INDEX "query_count_suggested_idx";
