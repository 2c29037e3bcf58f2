// Tested in ../forecast.int.test.ts: the test checks its forecast.

import type { Currency } from '@argyle/kit/money'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { bucketOf, CHANGED, inGaps, keptDays } from '../report/buckets-sql.ts'
import { basisOf } from '../report/day-sums.ts'
import { converted, joinRates } from '../report/rates-sql.ts'
import type { Unit } from './horizon.ts'

export type Metric = 'ORDERS' | 'REVENUE' | 'UNITS'

export type WantedSeries = {
  readonly metric: Metric
  readonly productId: string | null
  readonly unit: Unit
  readonly currency: Currency
  readonly timeZone: string
  readonly now: Date
}

/** Values of complete buckets in order; `until` is the end of the last one. A value is null where an exchange rate is missing. */
export type Series = { readonly values: readonly (number | null)[]; readonly until: Date }

const VALUE: Record<Metric, string> = {
  ORDERS: 'sum(orders)::float8',
  UNITS: 'sum(units)::float8',
  REVENUE: 'CASE WHEN count(revenue) = count(*) THEN sum(revenue)::float8 END',
}

/** The local timestamp at which the bucket of an instant begins: that of its day, which is the day before in an hour that clocks repeat over midnight. */
const localBucket = (unit: string, at: string, zone: string) =>
  `date_trunc('${unit}', (${bucketOf('DAY', at, zone)}) AT TIME ZONE ${zone})`

/** The instant until which sales are known, at the latest `now`. */
const KNOWN = 'least($1::timestamptz, (SELECT max(through) FROM progress))'

const IN_GAPS = inGaps('sale', 's', 'placed_at')

// Columns: the start of a day, or an instant in it.
const ALL_SALES = `
    SELECT d.start AS at, t.orders, t.units, t.in_gross - t.in_discount AS revenue
      FROM kept d JOIN sale_day_sum t ON t.start = d.start AND t.target = $4 WHERE $5::text IS NULL AND t.orders > 0
    UNION ALL
    SELECT s.placed_at, 1, s.units, ${converted('s.gross_minor', '$4')} - ${converted('s.discount_minor', '$4')}
      FROM ${IN_GAPS} ${joinRates('$4')} WHERE s.status = 'SOLD'`
const OF_PRODUCT = `
    SELECT d.start AS at, t.orders, t.units, (t.revenue ->> $4)::numeric AS revenue
      FROM kept d JOIN sale_day_product t ON t.start = d.start AND t.product_id = $5
    UNION ALL
    SELECT min(s.placed_at), 1, sum(l.quantity), sum(${converted('l.gross_minor - l.discount_minor', '$4')})
      FROM ${IN_GAPS} JOIN sale_line l USING (order_id) ${joinRates('$4')}
     WHERE s.status = 'SOLD' AND l.product_id = $5 GROUP BY s.order_id`

// $1 now, $2 number of buckets, $3 time zone, $4 currency, $5 product or null, $6 the basis of days. Buckets are local timestamps until the
// last step. The last complete one ends with the newest message at the latest, since what happened after it is not known.
const seriesSql = (metric: Metric, unit: string, ofProduct: boolean) => `
WITH last AS (
    SELECT ${localBucket(unit, 'at', '$3')} AS until FROM (SELECT ${KNOWN} AS at) known),
  span AS (SELECT (until - $2 * interval '1 ${unit}') AT TIME ZONE $3 AS since, until AT TIME ZONE $3 AS until FROM last),
  ${CHANGED}, ${keptDays({ from: '(SELECT since FROM span)', to: '(SELECT until FROM span)', basis: '$6', bucket: 'DAY' })},
  part AS (${ofProduct ? OF_PRODUCT : ALL_SALES}),
  summed AS (SELECT ${localBucket(unit, 'at', '$3')} AS bucket, ${VALUE[metric]} AS value FROM part GROUP BY 1),
  first AS (SELECT min(bucket) AS bucket FROM summed)
SELECT last.until AT TIME ZONE $3 AS until,
       (SELECT jsonb_agg(CASE WHEN s.bucket IS NULL THEN 0 ELSE s.value END ORDER BY b)
          FROM first, generate_series(first.bucket, last.until - interval '1 ${unit}', '1 ${unit}') b
          LEFT JOIN summed s ON s.bucket = b) AS values
  FROM last WHERE last.until IS NOT NULL`

/** The series of a metric from its first sale on; null while nothing is known. */
export async function readSeries(prisma: PrismaClient, wanted: WantedSeries): Promise<Series | null> {
  const { metric, productId, unit, currency, timeZone, now } = wanted
  const args = [now.toISOString(), unit.mostHistory, timeZone, currency, productId, basisOf(timeZone)]
  const [row] = await prisma.$queryRawUnsafe<{ until: Date; values: (number | null)[] | null }[]>(
    seriesSql(metric, unit.bucket.toLowerCase(), productId !== null),
    ...args,
  )
  return row ? { until: row.until, values: row.values ?? [] } : null
}

/** Days of history of a variant's demand. */
export const DEMAND_DAYS = 182

/** Units sold on each day from the variant's first sale on, within the days of history; empty for one that was not sold. */
export type Demand = { readonly variantId: string; readonly units: readonly number[]; readonly until: Date }

const DEMAND = `
WITH last AS (
    SELECT ${localBucket('day', 'at', '$2')} AS until FROM (SELECT ${KNOWN} AS at) known),
  sold AS (
    SELECT l.variant_id, ${localBucket('day', 's.placed_at', '$2')} AS day, sum(l.quantity)::int AS units
      FROM sale_line l JOIN sale s USING (order_id)
     WHERE l.variant_id = ANY($3::text[]) AND s.status = 'SOLD'
       AND s.placed_at >= (SELECT (until - interval '${DEMAND_DAYS} days') AT TIME ZONE $2 FROM last)
       AND s.placed_at < (SELECT until AT TIME ZONE $2 FROM last)
     GROUP BY 1, 2),
  first AS (SELECT variant_id, min(day) AS day FROM sold GROUP BY 1)
SELECT first.variant_id AS "variantId", last.until AT TIME ZONE $2 AS until,
       (SELECT jsonb_agg(COALESCE(s.units, 0) ORDER BY d)
          FROM generate_series(first.day, last.until - interval '1 day', '1 day') d
          LEFT JOIN sold s ON s.variant_id = first.variant_id AND s.day = d) AS units
  FROM first, last`

/** The demand for variants, in one statement. Variants without sales are left out. */
export function readDemand(
  prisma: PrismaClient,
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
  variantIds: readonly string[],
): Promise<Demand[]> {
  return prisma.$queryRawUnsafe<Demand[]>(DEMAND, now.toISOString(), timeZone, [...variantIds])
}
