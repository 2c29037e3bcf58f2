import type { PrismaClient } from './generated/prisma/client.ts'

/** Minimum number of searches for a text to be suggested; a rarer one may identify a person. */
export const MIN_SEARCHES = 5
/** Minimum number of searches of a suggested text for each that found nothing. */
const SEARCHES_PER_ZERO_RESULT = 5
/** Maximum number of texts that are suggested: those searched for most often. A suggestion reads all that begin with its text. */
export const MAX_SUGGESTED = 5_000
/** An arbitrary advisory lock number: one replica at a time derives. */
const DERIVE_LOCK = 7_202

const DERIVE = `
WITH popular AS (
  SELECT query, sum(searches)::int AS searches FROM query_count
   WHERE day > $1::timestamptz - interval '30 days' AND in_vocabulary
   GROUP BY query
  HAVING sum(searches) >= ${MIN_SEARCHES} AND sum(zero_results) * ${SEARCHES_PER_ZERO_RESULT} <= sum(searches)
   ORDER BY 2 DESC, 1 LIMIT ${MAX_SUGGESTED}
), gone AS (
  DELETE FROM suggested_query s WHERE NOT EXISTS (SELECT FROM popular p WHERE p.query = s.query)
)
INSERT INTO suggested_query AS kept (query, searches) SELECT query, searches FROM popular
ON CONFLICT (query) DO UPDATE SET searches = EXCLUDED.searches WHERE kept.searches <> EXCLUDED.searches`

/**
 * Derives the suggested texts from the counts of the last 30 days. A replica does nothing while another one
 * derives them.
 */
export async function deriveSuggestedQueries(prisma: PrismaClient, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const [lock] = await tx.$queryRaw<{ isFree: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${DERIVE_LOCK}) AS "isFree"`
    if (lock?.isFree) await tx.$executeRawUnsafe(DERIVE, now)
  })
}
