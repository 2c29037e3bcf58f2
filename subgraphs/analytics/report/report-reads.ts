// Tested in ../sales-report.int.test.ts: the test checks its report; ../day-sums.int.test.ts has the kept sums.

import type { Currency } from '@argyle/kit/money'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { bucketOf, CHANGED, endOf, inGaps, keptDays, SALE_BEFORE } from './buckets-sql.ts'
import { basisOf } from './day-sums.ts'
import type { Bucket, ReportRange } from './range.ts'
import { converted, hasRate, joinRates } from './rates-sql.ts'

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

const argsOf = ({ range: { from, to }, timeZone }: Wanted) =>
  [from.toISOString(), to.toISOString(), timeZone] as const

/** The basis of the days that a report reads. The sums of a day are not divided into hours. */
const keptBasis = ({ range: { bucket }, timeZone }: Wanted) => (bucket === 'HOUR' ? '' : basisOf(timeZone))

type RawSum = Readonly<Record<string, unknown>> & { readonly bucket: Date; readonly currency: Currency }

const AMOUNTS = ['gross', 'discount', 'shipping', 'tax'] as const
const sums = (of: (name: string) => string, names: readonly string[] = AMOUNTS) => names.map(of).join(', ')

// $1 to $2 is the range, $3 the time zone, $4 the currency, $5 the basis.
const sumsSql = (bucket: Bucket) => `
WITH ${CHANGED}, ${keptDays({ from: '$1', to: '$2', basis: '$5', bucket })},
  sold AS (
    SELECT ${bucketOf(bucket, 's.placed_at')} AS bucket, s.currency, s.units, ${hasRate('$4')} AS has_rate,
           ${sums((name) => `s.${name}_minor AS ${name}, ${converted(`s.${name}_minor`, '$4')} AS in_${name}`)}
      FROM ${inGaps('sale', 's', 'placed_at')} ${joinRates('$4')} WHERE s.status = 'SOLD'),
  credited AS (
    SELECT ${bucketOf(bucket, 'r.at')} AS bucket, s.currency, r.amount_minor AS refunds, ${hasRate('$4')} AS has_rate, ${converted('r.amount_minor', '$4')} AS in_refunds
      FROM ${inGaps('refund', 'r', 'at')} JOIN sale s USING (order_id) ${joinRates('$4')} WHERE s.status = 'SOLD')
SELECT bucket, currency, sum(orders)::int AS orders, sum(units)::int AS units, bool_and(has_rate) AS "hasRate",
       ${sums((name) => `sum(${name})::text AS ${name}, sum(in_${name})::text AS in_${name}`, [...AMOUNTS, 'refunds'])}
  FROM (SELECT d.bucket, currency, orders::bigint, units::bigint, has_rate,
               ${sums((name) => `${name}, in_${name}`)}, refunds, in_refunds
          FROM kept d JOIN sale_day_sum t ON t.start = d.start AND t.target = $4
        UNION ALL
        SELECT bucket, currency, count(*), sum(units), bool_and(has_rate),
               ${sums((name) => `sum(${name}), sum(in_${name})`)}, 0, 0
          FROM sold GROUP BY bucket, currency
        UNION ALL
        SELECT bucket, currency, 0, 0, bool_and(has_rate), ${sums(() => '0, 0')}, sum(refunds), sum(in_refunds)
          FROM credited GROUP BY bucket, currency) part
 GROUP BY bucket, currency`

/** The sums of each bucket and currency that has any. */
export async function readSums(prisma: PrismaClient, wanted: Wanted): Promise<SumRow[]> {
  const args = [...argsOf(wanted), wanted.currency, keptBasis(wanted)]
  const rows = await prisma.$queryRawUnsafe<RawSum[]>(sumsSql(wanted.range.bucket), ...args)
  return rows.map((row) => {
    const minor = (name: string) => BigInt(String(row[name] ?? 0))
    const isConverted = row.hasRate === true
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
      inTarget: isConverted
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

// An account is new in the bucket of its first sold order, and returning in every other bucket in which it buys: in those of its sales whose
// sale before is in no bucket, or an earlier one. $1 to $2 is the range, $3 the time zone, $4 the basis. A kept day knows the days of the sales
// before: `edge` is the day that the range begins within, if any, where it takes their times.
const countsSql = (bucket: Bucket) => `
WITH ${CHANGED}, ${keptDays({ from: '$1', to: '$2', basis: '$4', bucket })},
  edge AS MATERIALIZED (
    SELECT since, ${endOf('day', 'since')} AS until FROM (SELECT ${bucketOf('DAY', '$1::timestamptz')} AS since) e WHERE since < $1::timestamptz),
  bought AS (
    SELECT k.bucket, NULL::timestamptz AS previous_at, fresh AS sales
      FROM kept k JOIN sale_day d USING (start)
    UNION ALL
    SELECT k.bucket, d.previous, d.sales
      FROM kept k JOIN sale_day_return d USING (start) WHERE d.previous NOT IN (SELECT since FROM edge)
    UNION ALL
    SELECT ${bucketOf(bucket, 'n.placed_at')}, s.placed_at, 1
      FROM ${inGaps('sale', 's', 'placed_at', 'edge')}
     CROSS JOIN LATERAL (
           SELECT n.placed_at FROM sale n WHERE n.buyer = s.buyer AND n.status = 'SOLD' AND (n.placed_at, n.order_id) > (s.placed_at, s.order_id)
            ORDER BY n.placed_at, n.order_id LIMIT 1) n
     WHERE s.status = 'SOLD' AND s.buyer IS NOT NULL AND ${bucketOf('DAY', 'n.placed_at')} IN (SELECT start FROM kept)
    UNION ALL
    SELECT ${bucketOf(bucket, 's.placed_at')}, e.at, 1
      FROM ${inGaps('sale', 's', 'placed_at')} LEFT JOIN ${SALE_BEFORE} e ON true
     WHERE s.status = 'SOLD' AND s.buyer IS NOT NULL),
  buyers AS (
    SELECT bucket, COALESCE(sum(sales) FILTER (WHERE previous_at IS NULL), 0) AS fresh,
           COALESCE(sum(sales) FILTER (WHERE previous_at IS NULL OR previous_at < $1::timestamptz), 0) AS of_range,
           COALESCE(sum(sales) FILTER (WHERE previous_at IS NULL OR previous_at < greatest(bucket, $1::timestamptz)), 0) AS of_bucket
      FROM bought GROUP BY bucket),
  placed AS (
    SELECT bucket, sum(placed) AS placed, sum(cancelled) AS cancelled, sum(guests) AS guests FROM (
      SELECT k.bucket, placed, cancelled, guests FROM kept k JOIN sale_day d USING (start)
      UNION ALL
      SELECT ${bucketOf(bucket, 's.placed_at')}, count(*), count(*) FILTER (WHERE s.status = 'CANCELLED'),
             count(*) FILTER (WHERE s.status = 'SOLD' AND s.buyer IS NULL)
        FROM ${inGaps('sale', 's', 'placed_at')} WHERE s.status <> 'CLAIMED' GROUP BY 1) p
     GROUP BY bucket),
  counted AS (
    SELECT bucket, placed, cancelled, COALESCE(fresh, 0) AS fresh, COALESCE(of_range, 0) AS of_range,
           COALESCE(of_bucket, 0) AS of_bucket, guests
      FROM placed LEFT JOIN buyers USING (bucket) WHERE placed > 0)
SELECT bucket, placed::int, cancelled::int, fresh::int, (of_bucket - fresh)::int AS returning, guests::int FROM counted
UNION ALL
SELECT NULL, COALESCE(sum(placed), 0)::int, COALESCE(sum(cancelled), 0)::int, COALESCE(sum(fresh), 0)::int,
       COALESCE(sum(of_range - fresh), 0)::int, COALESCE(sum(guests), 0)::int FROM counted`

/** The counts of each bucket that has any, and of the whole range. */
export function readCounts(prisma: PrismaClient, wanted: Wanted): Promise<CountRow[]> {
  const args = [...argsOf(wanted), keptBasis(wanted)]
  return prisma.$queryRawUnsafe<CountRow[]>(countsSql(wanted.range.bucket), ...args)
}
