// Tested in stock-count.int.test.ts: its statements need a database.

import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { appendEvents } from '@argyle/kit/outbox'
import type { HistoryPage, PastEvent } from '@argyle/kit/republish'
import { stockCounted } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'

type Tx = TransactionOf<PrismaClient>

/**
 * The change of the units on hand in a quarter of an hour over all levels, and the number of its ledger
 * entries.
 */
export type QuarterSum = {
  readonly quarter: Date
  readonly onHandDelta: number
  readonly movements: number
}

const QUARTER_MS = 900_000
/** Length of the section of the ledger that one transaction sums up. */
const PART_MS = 96 * QUARTER_MS
/** Maximum time between the time of an entry and its commit. */
const LATEST_MS = 4 * QUARTER_MS

const COLUMNS = 'quarter, on_hand_delta AS "onHandDelta", movements'
// The number of entries of a quarter never decreases, so a greater number is a newer sum.
const SUM = `
INSERT INTO stock_quarter AS kept (quarter, on_hand_delta, movements)
SELECT date_bin('15 minutes', at, timestamptz '2000-01-01 00:00Z') AS quarter, sum(on_hand_delta), count(*)
  FROM stock_movement WHERE at >= $1::timestamptz AND at < $2::timestamptz AND on_hand_delta <> 0 GROUP BY 1 ORDER BY 1
ON CONFLICT (quarter) DO UPDATE SET on_hand_delta = EXCLUDED.on_hand_delta, movements = EXCLUDED.movements
 WHERE kept.movements < EXCLUDED.movements
RETURNING ${COLUMNS}`
const NEWEST = `
SELECT COALESCE((SELECT max(quarter) FROM stock_quarter), (SELECT min(at) FROM stock_movement)) AS at`

async function sumUp(tx: Tx, from: Date, to: Date): Promise<void> {
  const changed = await tx.$queryRawUnsafe<QuarterSum[]>(SUM, from, to)
  await appendEvents(tx, changed.map(stockCounted))
}

/**
 * Sums up the recent ledger entries, and publishes the quarters that have changed. Any number of replicas may
 * run it concurrently.
 */
export async function publishStockCounts({
  prisma,
  clock,
}: {
  prisma: PrismaClient
  clock: Clock
}): Promise<void> {
  const [newest] = await prisma.$queryRawUnsafe<{ at: Date | null }[]>(NEWEST)
  if (!newest?.at) return
  const now = clock().getTime()
  const begun = Math.min(newest.at.getTime(), now) - LATEST_MS
  for (let from = Math.floor(begun / QUARTER_MS) * QUARTER_MS; from <= now; from += PART_MS)
    await prisma.$transaction((tx) => sumUp(tx, new Date(from), new Date(from + PART_MS)))
}

/** A quarter may change until its end, which is the time of its message. */
const PAGE = `
SELECT ${COLUMNS} FROM stock_quarter
 WHERE quarter > $1::timestamptz AND ($2::timestamptz IS NULL OR quarter >= $2::timestamptz - interval '15 minutes') ORDER BY quarter LIMIT $3`

/** The sum of each quarter, by time. */
export async function stockCounts(
  { prisma }: { readonly prisma: Pick<PrismaClient, '$queryRawUnsafe'> },
  { after, limit, since }: HistoryPage,
): Promise<PastEvent[]> {
  const from = after ?? '1970-01-01T00:00:00.000Z'
  const rows = await prisma.$queryRawUnsafe<QuarterSum[]>(PAGE, from, since?.toISOString() ?? null, limit)
  return rows.map((row) => ({
    event: stockCounted(row),
    time: new Date(Math.min(row.quarter.getTime() + QUARTER_MS, Date.now())),
    cursor: row.quarter.toISOString(),
  }))
}
