// Tested in ../forecast.int.test.ts: the test checks whole forecasts.

import { readId } from '@argyle/kit/ids'
import { type Currency, decimalsOf } from '@argyle/kit/money'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Bucket } from '../report/range.ts'
import type { Forecast } from './choose.ts'
import type { Forecasts } from './forecasts.ts'
import { periodOf, readHorizon, type Unit, unitOf } from './horizon.ts'
import { type Metric, readSeries } from './series-reads.ts'

/** The reason for which there is no forecast. */
export type ForecastGap = 'EXCHANGE_RATE_MISSING' | 'TOO_LITTLE_HISTORY'

/** Parent value of SalesForecast. */
export type SalesForecast = {
  readonly metric: Metric
  readonly currency: Currency
  readonly timeZone: string
  readonly observations: number
  readonly points: readonly ForecastPoint[]
  readonly models: readonly string[]
  readonly backtestError: number | null
  readonly reason: ForecastGap | null
}

/** Parent value of ForecastPoint: decimals as text. */
export type ForecastPoint = {
  readonly start: Date
  readonly end: Date
  readonly value: string
  readonly low: string
  readonly high: string
}

export type ForecastArgs = {
  readonly metric: Metric
  readonly bucket: Bucket
  readonly horizon: number
  readonly productId: string | null
  readonly currency: Currency
}

type Parts = {
  readonly prisma: PrismaClient
  readonly forecasts: Forecasts
  readonly timeZone: string
  readonly now: () => Date
}

const bounds = (unit: string) => `
SELECT (($1::timestamptz AT TIME ZONE $2) + n * interval '1 ${unit}') AT TIME ZONE $2 AS at FROM generate_series(0, $3::int) n ORDER BY n`

/** The bounds of the buckets ahead: one more than there are buckets. */
async function readBounds(
  { prisma, timeZone }: Parts,
  until: Date,
  { unit, horizon }: { readonly unit: Unit; readonly horizon: number },
): Promise<Date[]> {
  const rows = await prisma.$queryRawUnsafe<{ at: Date }[]>(
    bounds(unit.bucket.toLowerCase()),
    until.toISOString(),
    timeZone,
    horizon,
  )
  return rows.map(({ at }) => at)
}

/** A value of a forecast as a decimal. Sales are not negative. */
function decimal(value: number, decimals: number): string {
  return Math.min(Math.max(value, 0), 1e15).toFixed(decimals)
}

function pointsOf(
  forecast: Forecast,
  ends: readonly Date[],
  { metric, currency }: ForecastArgs,
): ForecastPoint[] {
  const decimals = metric === 'REVENUE' ? decimalsOf(currency) : 2
  const scale = metric === 'REVENUE' ? 10 ** decimals : 1
  const text = (value: number) => decimal(value / scale, decimals)
  return forecast.expected.flatMap(({ value, low, high }, step) => {
    const [start, end] = [ends[step], ends[step + 1]]
    return start && end ? [{ start, end, value: text(value), low: text(low), high: text(high) }] : []
  })
}

/**
 * The forecast of a metric.
 * @throws GraphQLError BAD_USER_INPUT for an id, a bucket or a horizon that is not allowed
 */
export async function readForecast(parts: Parts, args: ForecastArgs): Promise<SalesForecast> {
  const { metric, currency, productId } = args
  const unit = unitOf(args.bucket)
  const horizon = readHorizon(args.horizon, unit)
  if (productId !== null) readId('productId', 'prd', productId)
  const { prisma, timeZone, now } = parts
  const series = await readSeries(prisma, { metric, productId, unit, currency, timeZone, now: now() })
  const values = (series?.values ?? []).filter((value) => value !== null)
  const nothing = { metric, currency, timeZone, observations: values.length, points: [], models: [] }
  if (series && values.length < series.values.length)
    return { ...nothing, backtestError: null, reason: 'EXCHANGE_RATE_MISSING' }
  const period = periodOf(values.length, unit)
  const forecast = series && (await parts.forecasts(values, { period, horizon, kind: 'THOROUGH' }))
  if (!forecast) return { ...nothing, backtestError: null, reason: 'TOO_LITTLE_HISTORY' }
  const ends = await readBounds(parts, series.until, { unit, horizon })
  return {
    ...nothing,
    points: pointsOf(forecast, ends, args),
    models: forecast.models,
    backtestError: forecast.mase,
    reason: null,
  }
}
