// Tested in ../forecast.int.test.ts: a stock is shown with its demand.

import { badUserInput } from '@argyle/kit/errors'
import type { Forecast } from './choose.ts'
import type { ForecastGap } from './sales-forecast.ts'
import type { Demand } from './series-reads.ts'

/** The stock of a variant over all warehouses. */
export type Stock = { readonly available: number; readonly incoming: number }

/** Days between an order and its delivery, and days that a delivery is to last. */
export type Supply = { readonly leadDays: number; readonly coverDays: number }

/** Parent value of StockForecast. Days are counted from 0, which is the first day of the forecast. */
export type StockForecast = Stock & {
  readonly until: Date | null
  readonly unitsPerDay: string | null
  /** The day on which the stock runs out; null if it does not within the horizon. */
  readonly runsOutAfterDays: number | null
  readonly runsOutEarliestAfterDays: number | null
  readonly orderNow: boolean
  readonly orderUnits: number
  readonly turnsPerYear: string | null
  readonly reason: ForecastGap | null
}

/** Days that a stock forecast looks ahead. */
export const STOCK_HORIZON = 120
/** Least number of days since the first sale of a variant. */
const MIN_DAYS = 21
/** Greatest number of `leadDays` and of `coverDays`. */
const MAX_LEAD_DAYS = 60
/** One-sided quantile of the standard normal distribution: an order is enough in 95 of 100 cases. */
const Z_95_ONE_SIDED = 1.644854

/** @throws GraphQLError BAD_USER_INPUT for days out of bounds */
export function readSupply({ leadDays, coverDays }: Supply): Supply {
  for (const [name, days] of Object.entries({ leadDays, coverDays }))
    if (days < 1 || days > MAX_LEAD_DAYS)
      throw badUserInput(`${name} is ${days}: allowed is 1 to ${MAX_LEAD_DAYS}`)
  return { leadDays, coverDays }
}

/** Whether a demand is long enough for a forecast. */
export function isForecastable({ units }: Pick<Demand, 'units'>): boolean {
  return units.length >= MIN_DAYS
}

/** Sums of the demand of the first days, and of the variances of its errors, which are taken as independent. */
function sumsOf({ expected }: Forecast): { readonly mean: number; readonly sd: number }[] {
  let [mean, variance] = [0, 0]
  return expected.map(({ value, high }) => {
    mean += Math.max(value, 0)
    variance += ((high - value) / 1.959964) ** 2
    return { mean, sd: Math.sqrt(variance) }
  })
}

/** The day on which a cumulative demand exceeds a number of units; null if it does not. */
function dayOf(demand: readonly number[], units: number): number | null {
  const day = demand.findIndex((sum) => sum >= units && sum > 0)
  return day === -1 ? null : day
}

/** Units sold in a year at the pace of the history, over the units that are there; null without stock. */
function turnsOf({ units }: Pick<Demand, 'units'>, { available }: Stock): string | null {
  if (available < 1 || units.length === 0) return null
  const sold = units.reduce((sum, count) => sum + count, 0)
  return ((sold / units.length) * (365 / available)).toFixed(2)
}

/** The stock of a variant against its demand. `forecast` is null where there is too little history. */
export function stockForecast(
  stock: Stock,
  demand: Demand | null,
  forecast: Forecast | null,
  { leadDays, coverDays }: Supply,
): StockForecast {
  const turnsPerYear = demand && turnsOf(demand, stock)
  const until = demand?.until ?? null
  if (!forecast) {
    const none = { unitsPerDay: null, runsOutAfterDays: null, runsOutEarliestAfterDays: null }
    return {
      ...stock,
      ...none,
      until,
      orderNow: false,
      orderUnits: 0,
      turnsPerYear,
      reason: 'TOO_LITTLE_HISTORY',
    }
  }
  const sums = sumsOf(forecast)
  const likely = sums.map(({ mean }) => mean)
  const careful = sums.map(({ mean, sd }) => mean + Z_95_ONE_SIDED * sd)
  const runsOutEarliestAfterDays = dayOf(careful, stock.available)
  const days = leadDays + coverDays
  const need = Math.ceil((careful[days - 1] ?? 0) - stock.available - stock.incoming)
  // Incoming units count as available: they arrive before an order that is placed now.
  const atDelivery = dayOf(careful, stock.available + stock.incoming)
  return {
    ...stock,
    until,
    unitsPerDay: ((likely[days - 1] ?? 0) / days).toFixed(2),
    runsOutAfterDays: dayOf(likely, stock.available),
    runsOutEarliestAfterDays,
    orderNow: atDelivery !== null && atDelivery <= leadDays && need > 0,
    orderUnits: Math.max(need, 0),
    turnsPerYear,
    reason: null,
  }
}
