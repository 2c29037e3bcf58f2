// Tested in ../search-terms.int.test.ts: the test delivers messages.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { z } from 'zod'
import type { PrismaClient } from '../generated/prisma/client.ts'

const count = z.int().nonnegative()
const counted = z.object({
  day: z.iso.date(),
  queries: z.array(
    z.object({
      query: z.string().max(80),
      dayTotals: z.object({ searches: count, zeroResults: count, clicks: count }),
    }),
  ),
})

/** Number of days for which searches are kept, as in search. */
export const KEPT_DAYS = 400

// The greatest sums of each text first, since one statement may not write a row twice.
const SAVE = `
INSERT INTO search_term AS kept (day, query, searches, zero_results, clicks)
SELECT t.day, t.query, max(t.searches), max(t."zeroResults"), max(t.clicks)
  FROM jsonb_to_recordset($1::jsonb) AS t(day date, query text, searches int, "zeroResults" int, clicks int)
 GROUP BY t.day, t.query ORDER BY t.day, t.query
ON CONFLICT (day, query) DO UPDATE SET searches = greatest(kept.searches, EXCLUDED.searches),
  zero_results = greatest(kept.zero_results, EXCLUDED.zero_results), clicks = greatest(kept.clicks, EXCLUDED.clicks)`

const FORGET = `
DELETE FROM search_term WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM search_term WHERE day < $1::timestamptz - interval '${KEPT_DAYS} days' LIMIT 1000 FOR UPDATE SKIP LOCKED))`

/** search.query.counted: sums of searches. A sum only grows, so that the greatest is the newest. */
export async function rememberTerms(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.flatMap(({ data }) => {
    const { day, queries } = counted.parse(data)
    return queries.map(({ query, dayTotals }) => ({ day, query, ...dayTotals }))
  })
  await tx.$executeRawUnsafe(SAVE, JSON.stringify(rows))
}

/** Deletes searches older than 400 days, in batches of 1,000. */
export async function deleteOldTerms(prisma: PrismaClient, now: Date): Promise<void> {
  while ((await prisma.$executeRawUnsafe(FORGET, now.toISOString())) === 1_000);
}
