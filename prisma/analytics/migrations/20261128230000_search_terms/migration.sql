-- Searches of a UTC day by text, from search.query.counted. Sums only grow, so the greatest count.
CREATE TABLE "search_term" (
  "day" DATE NOT NULL,
  "query" TEXT NOT NULL,
  "searches" INTEGER NOT NULL,
  "zero_results" INTEGER NOT NULL,
  "clicks" INTEGER NOT NULL,
  CONSTRAINT "search_term_pkey" PRIMARY KEY ("day", "query")
);
