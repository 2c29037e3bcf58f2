// Tested in ../stock-turn.int.test.ts: the test checks its report.

import type { PrismaClient } from '../generated/prisma/client.ts'
import type { ReportRange } from '../report/range.ts'

// Each change counts for the part of the range that is left after it; one before the range counts for all of it.
const AVERAGE = `
SELECT (sum(on_hand_delta * extract(epoch FROM $2::timestamptz - GREATEST(quarter, $1::timestamptz)))
        / extract(epoch FROM $2::timestamptz - $1::timestamptz))::float8 AS average
  FROM stock_change WHERE quarter < $2::timestamptz`

/** The mean of the units on hand over the part of a range that has passed; null where none has, or no stock is known. */
export async function readAverageOnHand(
  prisma: PrismaClient,
  { from, to }: ReportRange,
  now: Date,
): Promise<number | null> {
  const end = to < now ? to : now
  if (end <= from) return null
  const [row] = await prisma.$queryRawUnsafe<{ average: number | null }[]>(
    AVERAGE,
    from.toISOString(),
    end.toISOString(),
  )
  return row?.average ?? null
}
