// Tested in query-counts.int.test.ts: the writes need a database.

import type { PrismaClient } from './generated/prisma/client.ts'

/** Counts of one text from one network since the last write. */
export type Held = {
  readonly query: string
  /** Null for clicks, which are counted without their network. */
  readonly searcher: string | null
  /** The wide network of the searcher. */
  readonly area: string | null
  readonly searches: number
  readonly zeroResults: number
  readonly clicks: number
}

/** Sums of one text. */
export type QueryTally = {
  readonly query: string
  readonly searches: number
  readonly zeroResults: number
  readonly clicks: number
}

export type SavedCount = { readonly day: string; readonly more: QueryTally; readonly total: QueryTally }

/** Maximum number of different texts that are counted on a day. */
export const MAX_PER_DAY = 20_000
/** Maximum number of different texts that are counted of one network on a day. */
export const MAX_PER_NETWORK = 200
/** Maximum number of texts that one wide network is the first to search for on a day: twenty of them fill the day's texts, and not one. */
export const MAX_PER_AREA = 1_000
/** An arbitrary advisory lock number: one replica at a time writes counts, so that the limits are exact. */
const COUNT_LOCK = 7_201

const COUNTS = `counts AS (
  SELECT * FROM jsonb_to_recordset($2::jsonb)
    AS q(place int, query text, searcher text, area text, searches int, "zeroResults" int, clicks int, "inVocabulary" boolean))`
const DAY = '$1::timestamptz::date'

/** A network counts once a day for a text. */
const SAVE_SEARCHES = `
WITH ${COUNTS}, earlier AS (
  SELECT searcher, count(*) AS texts FROM query_searcher
   WHERE day = ${DAY} AND searcher IN (SELECT searcher FROM counts) GROUP BY searcher
), fresh AS (
  SELECT t.*, row_number() OVER (PARTITION BY t.searcher ORDER BY t.place) + coalesce(e.texts, 0) AS nth
    FROM counts t LEFT JOIN earlier e USING (searcher)
   WHERE t.searches > 0
     AND NOT EXISTS (SELECT FROM query_searcher s WHERE (s.day, s.searcher, s.query) = (${DAY}, t.searcher, t.query))
), fitting AS (
  SELECT f.*, c.query IS NULL AS "isNew" FROM fresh f LEFT JOIN query_count c ON c.day = ${DAY} AND c.query = f.query
   WHERE f.nth <= $3
), begun AS (
  SELECT area, count(DISTINCT query) AS texts FROM query_searcher
   WHERE day = ${DAY} AND is_first AND area IN (SELECT area FROM fitting WHERE "isNew") GROUP BY area
), beginning AS (
  SELECT query, place, row_number() OVER (PARTITION BY area ORDER BY place) + coalesce(b.texts, 0) AS nth
    FROM (SELECT area, query, min(place) AS place FROM fitting WHERE "isNew" GROUP BY area, query) AS f LEFT JOIN begun b USING (area)
), room AS (
  SELECT query FROM beginning WHERE nth <= $5 GROUP BY query ORDER BY min(place)
   LIMIT greatest(0, $4 - (SELECT count(*) FROM query_count WHERE day = ${DAY}))
), counted AS (
  SELECT * FROM fitting WHERE NOT "isNew" OR query IN (SELECT query FROM room)
), noted AS (
  INSERT INTO query_searcher (day, searcher, query, area, is_first)
  SELECT ${DAY}, searcher, query, area, "isNew" FROM counted
), sums AS (
  SELECT query, count(*)::int AS searches, count(*) FILTER (WHERE "zeroResults" > 0)::int AS zero_results,
         bool_or("inVocabulary") AS in_vocabulary
    FROM counted GROUP BY query
), saved AS (
  INSERT INTO query_count AS kept (day, query, searches, zero_results, in_vocabulary)
  SELECT ${DAY}, query, searches, zero_results, in_vocabulary FROM sums ORDER BY query
  ON CONFLICT (day, query) DO UPDATE SET searches = kept.searches + EXCLUDED.searches,
    zero_results = kept.zero_results + EXCLUDED.zero_results, in_vocabulary = EXCLUDED.in_vocabulary
  RETURNING day, query, searches, zero_results, clicks
)
SELECT to_char(day, 'YYYY-MM-DD') AS day, query, s.searches, s.zero_results AS "zeroResults", 0 AS clicks,
       saved.searches AS "allSearches", saved.zero_results AS "allZeroResults", saved.clicks AS "allClicks"
  FROM saved JOIN sums s USING (query)`

/** Clicks of texts that were not searched for on the day are not counted. */
const SAVE_CLICKS = `
WITH ${COUNTS}, sums AS (SELECT query, sum(clicks)::int AS clicks FROM counts WHERE clicks > 0 GROUP BY query)
UPDATE query_count c SET clicks = c.clicks + s.clicks FROM sums s WHERE c.day = ${DAY} AND c.query = s.query
RETURNING to_char(c.day, 'YYYY-MM-DD') AS day, c.query, 0 AS searches, 0 AS "zeroResults", s.clicks,
          c.searches AS "allSearches", c.zero_results AS "allZeroResults", c.clicks AS "allClicks"`

type Row = QueryTally & {
  readonly day: string
  readonly allSearches: number
  readonly allZeroResults: number
  readonly allClicks: number
}

type Tx = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0]

/** Adds counts to the day of `now`. Resolves to what was added to each text, and the sums of the day. */
export async function saveCounts(
  tx: Tx,
  held: readonly Held[],
  { now, known, mostOfDay }: { now: Date; known: ReadonlySet<string>; mostOfDay: number },
): Promise<SavedCount[]> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${COUNT_LOCK})`
  const counts = JSON.stringify(
    held.map((one, place) => ({ ...one, place, inVocabulary: known.has(one.query) })),
  )
  const bounds = [MAX_PER_NETWORK, mostOfDay, MAX_PER_AREA]
  const searched = await tx.$queryRawUnsafe<Row[]>(SAVE_SEARCHES, now, counts, ...bounds)
  const clicked = await tx.$queryRawUnsafe<Row[]>(SAVE_CLICKS, now, counts)
  const rows = Map.groupBy([...searched, ...clicked], ({ query }) => query)
  return [...new Set(held.map(({ query }) => query))].flatMap((query) => {
    const own = rows.get(query) ?? []
    const last = own.at(-1)
    return last ? [savedCount(last, own)] : []
  })
}

function savedCount(last: Row, own: readonly Row[]): SavedCount {
  const sum = (field: 'searches' | 'zeroResults' | 'clicks') =>
    own.reduce((total, row) => total + row[field], 0)
  const { query, day, allSearches, allZeroResults, allClicks } = last
  return {
    day,
    more: { query, searches: sum('searches'), zeroResults: sum('zeroResults'), clicks: sum('clicks') },
    total: { query, searches: allSearches, zeroResults: allZeroResults, clicks: allClicks },
  }
}
