import { appendEvents } from '@argyle/kit/outbox'
import { queriesCounted } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { readableStart } from './query/query-text.ts'

/** Counts of one text. */
export type QueryTally = {
  readonly query: string
  readonly searches: number
  readonly zeroResults: number
  readonly clicks: number
}

/** Counts of one text since the previous event, and of the whole day so far. */
export type CountedQuery = QueryTally & { readonly dayTotals: Omit<QueryTally, 'query'> }

type SavedRow = QueryTally & { readonly day: string }

const LONGEST = 80
/** Maximum number of different texts in memory. Further ones are not counted until the next write. */
export const MOST_HELD = 5_000
/** Maximum number of texts in one event. */
export const MOST_IN_EVENT = 200
export const KEPT_DAYS = 400
/** Texts that may identify a person: an e-mail address, a card or phone number, a URL. */
const PERSONAL = /@|\d[\d\s().-]{5,}\d|:\/\/|www\./u

/** The text under which a query is counted; null if it is empty or may identify a person. */
export function countedText(query: string): string | null {
  const text = readableStart(query, LONGEST).toLowerCase().replaceAll(/\s+/g, ' ')
  return text === '' || PERSONAL.test(text) ? null : text
}

const SAVE = `
INSERT INTO query_count AS kept (day, query, searches, zero_results, clicks)
SELECT $1::timestamptz::date, q.query, q.searches, q."zeroResults", q.clicks
  FROM jsonb_to_recordset($2::jsonb) AS q(query text, searches int, "zeroResults" int, clicks int) ORDER BY 2
ON CONFLICT (day, query) DO UPDATE SET searches = kept.searches + EXCLUDED.searches,
  zero_results = kept.zero_results + EXCLUDED.zero_results, clicks = kept.clicks + EXCLUDED.clicks
RETURNING to_char(day, 'YYYY-MM-DD') AS day, query, searches, zero_results AS "zeroResults", clicks`

const FORGET = `
DELETE FROM query_count WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM query_count WHERE day < now() - interval '${KEPT_DAYS} days' LIMIT 1000 FOR UPDATE SKIP LOCKED))`

/**
 * Counts in memory and writes sums at intervals, so that a search remains a read. A crash loses a few seconds
 * of counts.
 */
export function queryCounts(prisma: PrismaClient) {
  let held = new Map<string, QueryTally>()

  function add(query: string, more: Partial<QueryTally>): void {
    const text = countedText(query)
    if (text === null || (held.size >= MOST_HELD && !held.has(text))) return
    const { searches = 0, zeroResults = 0, clicks = 0 } = held.get(text) ?? {}
    held.set(text, {
      query: text,
      searches: searches + (more.searches ?? 0),
      zeroResults: zeroResults + (more.zeroResults ?? 0),
      clicks: clicks + (more.clicks ?? 0),
    })
  }

  return {
    searched: (query: string, found: number) => add(query, { searches: 1, zeroResults: found === 0 ? 1 : 0 }),
    clicked: (query: string) => add(query, { clicks: 1 }),

    /** Writes the counts in memory and publishes them to analytics in batches. */
    async flush(now: Date): Promise<void> {
      const tallies = [...held.values()]
      if (tallies.length === 0) return
      held = new Map()
      await prisma.$transaction(async (tx) => {
        const saved = await tx.$queryRawUnsafe<SavedRow[]>(SAVE, now, JSON.stringify(tallies))
        const totals = new Map(saved.map(({ query, day: _, ...sums }) => [query, sums]))
        const day = saved[0]?.day ?? now.toISOString().slice(0, 10)
        const counted = tallies.map(
          (tally): CountedQuery => ({ ...tally, dayTotals: totals.get(tally.query) ?? tally }),
        )
        const batches = Array.from({ length: Math.ceil(counted.length / MOST_IN_EVENT) }, (_, batch) =>
          counted.slice(batch * MOST_IN_EVENT, (batch + 1) * MOST_IN_EVENT),
        )
        await appendEvents(
          tx,
          batches.map((batch) => queriesCounted(batch, { day, until: now })),
        )
      })
    },

    /** Deletes counts older than 400 days. */
    async forget(): Promise<void> {
      while ((await prisma.$executeRawUnsafe(FORGET)) === 1_000);
    },
  }
}

export type QueryCounts = ReturnType<typeof queryCounts>
