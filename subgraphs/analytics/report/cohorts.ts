// Tested in ../cohorts.int.test.ts: the test checks its report.

import { badUserInput } from '@argyle/kit/errors'
import { type Currency, type Money, money } from '@argyle/kit/money'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { converted, joinRates } from './rates-sql.ts'

/** Maximum number of months of a cohort report. */
export const MAX_MONTHS = 36

/** Parent value of Cohort. */
export type Cohort = {
  readonly month: Date
  readonly customers: number
  readonly months: readonly {
    readonly offset: number
    readonly customers: number
    readonly orders: number
    readonly revenue: Money | null
  }[]
}

type Row = {
  readonly month: Date
  readonly offset: number
  readonly customers: number
  readonly orders: number
  readonly revenue: string | null
}

// $1 is the current instant, $2 the time zone, $3 the number of months, $4 the currency. Months are local timestamps until the last step.
const COHORTS = `
WITH
  last AS (SELECT date_trunc('month', $1::timestamptz AT TIME ZONE $2) AS month),
  month AS (SELECT m AS month FROM last, generate_series(last.month - make_interval(months => $3 - 1), last.month, '1 month') m),
  buyer AS (
    SELECT buyer, date_trunc('month', min(placed_at) AT TIME ZONE $2) AS month
      FROM sale WHERE status = 'SOLD' AND buyer IS NOT NULL GROUP BY buyer),
  bought AS (
    SELECT b.month AS cohort, date_trunc('month', s.placed_at AT TIME ZONE $2) AS month, s.buyer,
           ${converted('s.gross_minor', '$4')} - ${converted('s.discount_minor', '$4')} AS revenue
      FROM buyer b JOIN sale s USING (buyer) ${joinRates('$4')}
     WHERE s.status = 'SOLD' AND b.month >= (SELECT min(month) FROM month))
SELECT c.month AT TIME ZONE $2 AS month,
       (12 * (extract(year FROM m.month) - extract(year FROM c.month)) + extract(month FROM m.month) - extract(month FROM c.month))::int
         AS offset,
       count(DISTINCT b.buyer)::int AS customers, count(b.buyer)::int AS orders,
       CASE WHEN bool_and(b.revenue IS NOT NULL OR b.buyer IS NULL) THEN COALESCE(sum(b.revenue), 0) END::text AS revenue
  FROM month c JOIN month m ON m.month >= c.month
  LEFT JOIN bought b ON b.cohort = c.month AND b.month = m.month
 GROUP BY c.month, m.month ORDER BY c.month, m.month`

type Wanted = {
  readonly months: number
  readonly currency: Currency
  readonly timeZone: string
  readonly now: Date
}

/**
 * The cohorts of the last months, oldest first.
 * @throws GraphQLError BAD_USER_INPUT for a number of months out of bounds
 */
export async function readCohorts(
  prisma: PrismaClient,
  { months, currency, timeZone, now }: Wanted,
): Promise<Cohort[]> {
  if (months < 1 || months > MAX_MONTHS)
    throw badUserInput(`months is ${months}: allowed is 1 to ${MAX_MONTHS}`)
  const rows = await prisma.$queryRawUnsafe<Row[]>(COHORTS, now.toISOString(), timeZone, months, currency)
  return [...Map.groupBy(rows, ({ month }) => month.getTime()).values()].map((own) => ({
    month: own[0]?.month ?? now,
    customers: own[0]?.customers ?? 0,
    months: own.map(({ offset, customers, orders, revenue }) => ({
      offset,
      customers,
      orders,
      revenue: revenue === null ? null : money(BigInt(revenue), currency),
    })),
  }))
}
