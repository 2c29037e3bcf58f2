// Tested in ../../recommendations/view-counts.int.test.ts: the tables are those of a subgraph.

import type { Tx as Client, Tx } from '../database/database.ts'
import type { NewEvent } from './envelope.ts'
import { appendEvents } from './outbox.ts'
import type { HistoryPage, PastEvent } from './republish.ts'

/** Days for which counts are kept, as long as the longest report of days. */
export const COUNTS_KEPT_DAYS = 800
/** Rows that one transaction publishes or deletes. */
export const ROWS_AT_ONCE = 500
/** Number of rows of a quarter, a power of two. Writers of one row wait for each other. */
const SLOTS = 16

const QUARTER_MS = 900_000

/**
 * A statement that adds one to the count of the quarter of an hour of `at`, if the condition holds. Days of
 * any time zone consist of such quarters. Only the number is stored. Both parameters are SQL.
 */
export const countOne = (at: string, condition: string) => `
INSERT INTO quarter_count AS kept (quarter, slot, count)
SELECT date_bin('15 minutes', ${at}, timestamptz '2000-01-01 00:00Z'), pg_backend_pid() & ${SLOTS - 1}, 1 WHERE ${condition}
ON CONFLICT (quarter, slot) DO UPDATE SET count = kept.count + 1, is_told = false`

// A row that grows afterwards is marked again, so that the last sum of a quarter includes all of its rows.
const CLAIM = `
UPDATE quarter_count SET is_told = true WHERE (quarter, slot) IN (
  SELECT quarter, slot FROM quarter_count WHERE NOT is_told ORDER BY quarter, slot LIMIT ${ROWS_AT_ONCE} FOR UPDATE SKIP LOCKED)
RETURNING quarter`
const SUMS = `
SELECT quarter, sum(count)::int AS count FROM quarter_count WHERE quarter = ANY($1::timestamptz[]) GROUP BY quarter ORDER BY quarter`
/** A quarter may change until its end, which is the time of its message. */
const PAGE = `
SELECT quarter, sum(count)::int AS count FROM quarter_count
 WHERE quarter > $1::timestamptz AND ($2::timestamptz IS NULL OR quarter >= $2::timestamptz - interval '15 minutes') GROUP BY quarter ORDER BY quarter LIMIT $3`
const FORGET = `
DELETE FROM quarter_count WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM quarter_count WHERE quarter < $1::timestamptz - interval '${COUNTS_KEPT_DAYS} days'
   LIMIT ${ROWS_AT_ONCE} FOR UPDATE SKIP LOCKED))`

type Row = { readonly quarter: Date; readonly count: number }

/** The count of a quarter so far. It only grows, so the greatest count is the newest. */
function counted(type: string, { quarter, count }: Row): NewEvent {
  const data = { quarter: quarter.toISOString(), count }
  return { type, subject: data.quarter, sequence: count, data }
}

type Transactions = { $transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T> }

/** Publishes the counts that have grown, in messages of the type. Any number of replicas share the work. */
export async function publishCounts(prisma: Transactions, type: string): Promise<void> {
  const publishBatch = async (tx: Tx) => {
    const claimed = await tx.$queryRawUnsafe<{ quarter: Date }[]>(CLAIM)
    if (claimed.length === 0) return 0
    const quarters = claimed.map(({ quarter }) => quarter)
    const rows = await tx.$queryRawUnsafe<Row[]>(SUMS, quarters)
    await appendEvents(
      tx,
      rows.map((row) => counted(type, row)),
    )
    return claimed.length
  }
  for (let rows = ROWS_AT_ONCE; rows === ROWS_AT_ONCE; ) rows = await prisma.$transaction(publishBatch)
}

/** The part of a history that publishes all counts again, by time. */
export const countHistory =
  (type: string) =>
  async ({ prisma }: { readonly prisma: Client }, page: HistoryPage): Promise<PastEvent[]> => {
    const { after, limit, since } = page
    const from = after ?? '1970-01-01T00:00:00.000Z'
    const rows = await prisma.$queryRawUnsafe<Row[]>(PAGE, from, since?.toISOString() ?? null, limit)
    return rows.map((row) => ({
      event: counted(type, row),
      time: new Date(Math.min(row.quarter.getTime() + QUARTER_MS, Date.now())),
      cursor: row.quarter.toISOString(),
    }))
  }

/** Deletes old counts, in batches. */
export async function deleteOldCounts(prisma: Pick<Client, '$executeRawUnsafe'>, now: Date): Promise<void> {
  while ((await prisma.$executeRawUnsafe(FORGET, now)) === ROWS_AT_ONCE);
}
