// Tested in ../sales-report.int.test.ts: a statement is shown by its report.

import type { Currency } from '@argyle/kit/money'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Bucket, ReportRange } from './range.ts'
import { converted, hasRate, joinRates, RATE } from './rates-sql.ts'

/** The parameters of a report. */
export type Wanted = { readonly range: ReportRange; readonly currency: Currency; readonly timeZone: string }

/** Sums of one bucket and currency. `bucket` is the first instant of the whole bucket; converted ones are null without a rate. */
export type SumRow = {
  readonly bucket: Date
  readonly currency: Currency
  readonly orders: number
  readonly units: number
  readonly gross: bigint
  readonly discount: bigint
  readonly shipping: bigint
  readonly tax: bigint
  readonly refunds: bigint
  readonly inTarget: Readonly<Record<'gross' | 'discount' | 'shipping' | 'tax' | 'refunds', bigint>> | null
}

/** Counts of one bucket; of the whole range where `bucket` is null. */
export type CountRow = {
  readonly bucket: Date | null
  readonly placed: number
  readonly cancelled: number
  readonly fresh: number
  readonly returning: number
  readonly guests: number
}

/** `bucketOf(at)` in SQL, with `from` as $1 and the time zone as $3. Hours are counted from the full hour of `from`. */
function bucketOf(bucket: Bucket, at: string): string {
  if (bucket === 'HOUR') return `date_bin('1 hour', ${at}, date_trunc('hour', $1::timestamptz, $3))`
  return `date_trunc('${bucket.toLowerCase()}', ${at}, $3)`
}

/** The first instants of all buckets. A local midnight that does not exist is the first instant after it. */
function startsOf(bucket: Bucket): string {
  if (bucket === 'HOUR')
    return `SELECT t AS start FROM generate_series(date_trunc('hour', $1::timestamptz, $3), $2::timestamptz, '1 hour') t
             WHERE t < $2::timestamptz ORDER BY 1 LIMIT $4`
  const unit = bucket.toLowerCase()
  return `SELECT t AT TIME ZONE $3 AS start
            FROM generate_series(date_trunc('${unit}', $1::timestamptz AT TIME ZONE $3), $2::timestamptz AT TIME ZONE $3, '1 ${unit}') t
           WHERE t AT TIME ZONE $3 < $2::timestamptz ORDER BY 1 LIMIT $4`
}

/** The first instants of the buckets of a range, at most `most`, in order. */
export async function readStarts(
  prisma: PrismaClient,
  { range: { from, to, bucket }, timeZone }: Wanted,
  most: number,
): Promise<Date[]> {
  const rows = await prisma.$queryRawUnsafe<{ start: Date }[]>(
    startsOf(bucket),
    from.toISOString(),
    to.toISOString(),
    timeZone,
    most,
  )
  return rows.map(({ start }) => start)
}

const argsOf = ({ range: { from, to }, currency, timeZone }: Wanted) =>
  [from.toISOString(), to.toISOString(), timeZone, currency] as const

type RawSum = Readonly<Record<string, unknown>> & { readonly bucket: Date; readonly currency: Currency }

const AMOUNTS = ['gross', 'discount', 'shipping', 'tax'] as const

const sumsSql = (bucket: Bucket) => `
WITH ${RATE},
  sold AS (
    SELECT ${bucketOf(bucket, 's.placed_at')} AS bucket, s.currency, s.units, ${hasRate('$4')} AS has_rate,
           ${AMOUNTS.map((name) => `s.${name}_minor AS ${name}, ${converted(`s.${name}_minor`, '$4')} AS in_${name}`).join(', ')}
      FROM sale s ${joinRates('$4')}
     WHERE s.status = 'SOLD' AND s.placed_at >= $1::timestamptz AND s.placed_at < $2::timestamptz),
  credited AS (
    SELECT ${bucketOf(bucket, 'r.at')} AS bucket, s.currency, r.amount_minor AS refunds, ${hasRate('$4')} AS has_rate, ${converted('r.amount_minor', '$4')} AS in_refunds
      FROM refund r JOIN sale s USING (order_id) ${joinRates('$4')}
     WHERE s.status = 'SOLD' AND r.at >= $1::timestamptz AND r.at < $2::timestamptz)
SELECT bucket, currency, sum(orders)::int AS orders, sum(units)::int AS units, bool_and(has_rate) AS "hasRate",
       ${[...AMOUNTS, 'refunds'].map((name) => `sum(${name})::text AS ${name}, sum(in_${name})::text AS in_${name}`).join(', ')}
  FROM (SELECT bucket, currency, count(*) AS orders, sum(units) AS units, bool_and(has_rate) AS has_rate,
               ${AMOUNTS.map((name) => `sum(${name}) AS ${name}, sum(in_${name}) AS in_${name}`).join(', ')},
               0::numeric AS refunds, 0::numeric AS in_refunds
          FROM sold GROUP BY bucket, currency
        UNION ALL
        SELECT bucket, currency, 0, 0, bool_and(has_rate), ${AMOUNTS.map(() => '0, 0').join(', ')},
               sum(refunds), sum(in_refunds)
          FROM credited GROUP BY bucket, currency) part
 GROUP BY bucket, currency`

/** The sums of each bucket and currency that has any. */
export async function readSums(prisma: PrismaClient, wanted: Wanted): Promise<SumRow[]> {
  const rows = await prisma.$queryRawUnsafe<RawSum[]>(sumsSql(wanted.range.bucket), ...argsOf(wanted))
  return rows.map((row) => {
    const minor = (name: string) => BigInt(String(row[name] ?? 0))
    const hasRate = row.hasRate === true
    return {
      bucket: row.bucket,
      currency: row.currency,
      orders: Number(row.orders),
      units: Number(row.units),
      gross: minor('gross'),
      discount: minor('discount'),
      shipping: minor('shipping'),
      tax: minor('tax'),
      refunds: minor('refunds'),
      inTarget: hasRate
        ? {
            gross: minor('in_gross'),
            discount: minor('in_discount'),
            shipping: minor('in_shipping'),
            tax: minor('in_tax'),
            refunds: minor('in_refunds'),
          }
        : null,
    }
  })
}

/** Counts of one bucket; of the whole range where `bucket` is null. */
export type ActivityRow = { readonly bucket: Date | null; readonly views: number; readonly carts: number }

// Quarters that begin in the range. A bucket of any time zone consists of whole ones.
const activitySql = (bucket: Bucket) => `
SELECT bucket, COALESCE(sum(count) FILTER (WHERE kind = 'VIEW'), 0)::int AS views,
       COALESCE(sum(count) FILTER (WHERE kind = 'CART'), 0)::int AS carts
  FROM (SELECT ${bucketOf(bucket, 'quarter')} AS bucket, kind, count FROM activity
         WHERE quarter >= $1::timestamptz AND quarter < $2::timestamptz) a
 GROUP BY GROUPING SETS ((bucket), ())`

/** The views and carts of each bucket that has any, and of the whole range. */
export function readActivity(prisma: PrismaClient, wanted: Wanted): Promise<ActivityRow[]> {
  const [from, to, timeZone] = argsOf(wanted)
  return prisma.$queryRawUnsafe<ActivityRow[]>(activitySql(wanted.range.bucket), from, to, timeZone)
}

// An account is new in the bucket of its first sold order, and returning in every other bucket in which it buys.
const lookUpSql = (bucket: Bucket) => `
WITH placed AS (
  SELECT ${bucketOf(bucket, 's.placed_at')} AS bucket, s.status, s.buyer,
         s.status = 'SOLD' AND s.buyer IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM sale e WHERE e.buyer = s.buyer AND e.status = 'SOLD' AND (e.placed_at, e.order_id) < (s.placed_at, s.order_id))
           AS is_first
    FROM sale s
   WHERE s.status <> 'CLAIMED' AND s.placed_at >= $1::timestamptz AND s.placed_at < $2::timestamptz)
SELECT bucket, count(*)::int AS placed, count(*) FILTER (WHERE status = 'CANCELLED')::int AS cancelled,
       count(*) FILTER (WHERE is_first)::int AS fresh,
       (count(DISTINCT buyer) FILTER (WHERE status = 'SOLD') - count(*) FILTER (WHERE is_first))::int AS returning,
       count(*) FILTER (WHERE status = 'SOLD' AND buyer IS NULL)::int AS guests
  FROM placed GROUP BY GROUPING SETS ((bucket), ())`

// The same by one pass over the sales of all accounts in the order of an index: each knows when its account bought before.
const passSql = (bucket: Bucket) => `
WITH sold AS (
  SELECT placed_at, lag(placed_at) OVER (PARTITION BY buyer ORDER BY placed_at, order_id) AS previous_at
    FROM sale WHERE status = 'SOLD' AND buyer IS NOT NULL AND placed_at < $2::timestamptz),
  bought AS (
    SELECT ${bucketOf(bucket, 'placed_at')} AS bucket, previous_at IS NULL AS is_first,
           previous_at IS NULL OR previous_at < $1::timestamptz AS is_first_of_range,
           previous_at IS NULL OR previous_at < $1::timestamptz OR ${bucketOf(bucket, 'previous_at')} < ${bucketOf(bucket, 'placed_at')} AS is_first_of_bucket
      FROM sold WHERE placed_at >= $1::timestamptz),
  buyers AS (
    SELECT bucket, count(*) FILTER (WHERE is_first) AS fresh, count(*) FILTER (WHERE is_first_of_range) AS of_range,
           count(*) FILTER (WHERE is_first_of_bucket) AS of_bucket
      FROM bought GROUP BY bucket),
  placed AS (
    SELECT ${bucketOf(bucket, 'placed_at')} AS bucket, count(*) AS placed, count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled,
           count(*) FILTER (WHERE status = 'SOLD' AND buyer IS NULL) AS guests
      FROM sale WHERE status <> 'CLAIMED' AND placed_at >= $1::timestamptz AND placed_at < $2::timestamptz GROUP BY 1),
  counted AS (
    SELECT bucket, placed, cancelled, COALESCE(fresh, 0) AS fresh, COALESCE(of_range, 0) AS of_range,
           COALESCE(of_bucket, 0) AS of_bucket, guests
      FROM placed LEFT JOIN buyers USING (bucket))
SELECT bucket, placed::int, cancelled::int, fresh::int, (of_bucket - fresh)::int AS returning, guests::int FROM counted
UNION ALL
SELECT NULL, COALESCE(sum(placed), 0)::int, COALESCE(sum(cancelled), 0)::int, COALESCE(sum(fresh), 0)::int,
       COALESCE(sum(of_range - fresh), 0)::int, COALESCE(sum(guests), 0)::int FROM counted`

/** Ways to find when accounts bought before: looking up each sale of the range, or a pass over all sales. */
export type CountsWay = 'LOOK_UP' | 'PASS'

const COUNTS_SQL: Record<CountsWay, (bucket: Bucket) => string> = { LOOK_UP: lookUpSql, PASS: passSql }

/** Length from which a pass over all sales costs less than a look-up for each sale of the range. */
const LONG_MS = 45 * 86_400_000

/** The cheaper way for a range. */
export const countsWayOf = ({ from, to }: ReportRange): CountsWay =>
  to.getTime() - from.getTime() > LONG_MS ? 'PASS' : 'LOOK_UP'

/** The counts of each bucket that has any, and of the whole range. */
export function readCounts(
  prisma: PrismaClient,
  wanted: Wanted,
  way: CountsWay = countsWayOf(wanted.range),
): Promise<CountRow[]> {
  const [from, to, timeZone] = argsOf(wanted)
  return prisma.$queryRawUnsafe<CountRow[]>(COUNTS_SQL[way](wanted.range.bucket), from, to, timeZone)
}
