// Tested in ../forecast.int.test.ts: a series is shown by its forecast.

import type { Currency } from '@argyle/kit/money'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { converted, joinRates, RATE } from '../report/rates-sql.ts'
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
  ORDERS: 'count(DISTINCT order_id)::float8',
  UNITS: 'sum(units)::float8',
  REVENUE: 'CASE WHEN bool_and(revenue IS NOT NULL) THEN sum(revenue)::float8 END',
}

// $1 now, $2 time zone, $3 number of buckets, $4 currency, $5 product or null. Buckets are local timestamps until the last step. The
// last complete one ends with the newest message at the latest, since what happened after it is not known.
const seriesSql = (metric: Metric, unit: string) => `
WITH ${RATE},
  last AS (
    SELECT date_trunc('${unit}', least($1::timestamptz, (SELECT max(through) FROM progress)) AT TIME ZONE $2) AS until),
  part AS (
    SELECT s.order_id, s.placed_at, l.quantity AS units, ${converted('l.gross_minor - l.discount_minor', '$4')} AS revenue
      FROM sale s JOIN sale_line l USING (order_id) ${joinRates('$4')}
     WHERE s.status = 'SOLD' AND ($5::text IS NULL OR l.product_id = $5)
       AND s.placed_at >= (SELECT (until - $3 * interval '1 ${unit}') AT TIME ZONE $2 FROM last)
       AND s.placed_at < (SELECT until AT TIME ZONE $2 FROM last)),
  summed AS (SELECT date_trunc('${unit}', placed_at AT TIME ZONE $2) AS bucket, ${VALUE[metric]} AS value FROM part GROUP BY 1),
  first AS (SELECT min(bucket) AS bucket FROM summed)
SELECT last.until AT TIME ZONE $2 AS until,
       (SELECT jsonb_agg(CASE WHEN s.bucket IS NULL THEN 0 ELSE s.value END ORDER BY b)
          FROM first, generate_series(first.bucket, last.until - interval '1 ${unit}', '1 ${unit}') b
          LEFT JOIN summed s ON s.bucket = b) AS values
  FROM last WHERE last.until IS NOT NULL`

/** The series of a metric from its first sale on; null while nothing is known. */
export async function readSeries(prisma: PrismaClient, wanted: WantedSeries): Promise<Series | null> {
  const { metric, productId, unit, currency, timeZone, now } = wanted
  const args = [now.toISOString(), timeZone, unit.mostHistory, currency, productId]
  const [row] = await prisma.$queryRawUnsafe<{ until: Date; values: (number | null)[] | null }[]>(
    seriesSql(metric, unit.bucket.toLowerCase()),
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
    SELECT date_trunc('day', least($1::timestamptz, (SELECT max(through) FROM progress)) AT TIME ZONE $2) AS until),
  sold AS (
    SELECT l.variant_id, date_trunc('day', s.placed_at AT TIME ZONE $2) AS day, sum(l.quantity)::int AS units
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
