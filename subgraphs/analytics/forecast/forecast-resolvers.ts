// Tested in ../forecast.int.test.ts: the resolvers have no logic of their own.

import { isId } from '@argyle/kit/ids'
import { readProgress } from '@argyle/kit/progress'
import type { Resolvers } from '../generated/resolvers.ts'
import type { VariantReference } from '../references.ts'
import { readForecast } from './sales-forecast.ts'
import {
  isForecastable,
  readSupply,
  STOCK_HORIZON,
  type Stock,
  type StockForecast,
  stockForecast,
} from './stock-forecast.ts'

/** The stock over all warehouses, as the router passes it from inventory; null where inventory knows none. */
function stockOf({ stockLevels }: VariantReference): Stock | null {
  if (!stockLevels || stockLevels.some((level) => level === null)) return null
  const sum = (key: keyof Stock) => stockLevels.reduce((total, level) => total + (level?.[key] ?? 0), 0)
  return { available: sum('available'), incoming: sum('incoming') }
}

/** The calendar day some days after an instant, in the shop's time zone. */
function dayAfter(start: Date | null, days: number | null, timeZone: string): string | null {
  if (start === null || days === null) return null
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(start)
  return new Date(Date.parse(`${local}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

export const forecastResolvers: Resolvers = {
  Query: {
    forecast: (_, { metric, bucket, horizon, productId, currency }, context) =>
      readForecast(context, {
        metric,
        bucket: bucket ?? 'DAY',
        horizon: horizon ?? 14,
        productId: productId ?? null,
        currency: currency ?? 'USD',
      }),
  },

  SalesForecast: {
    processedThrough: (_, __, { prisma }) => readProgress(prisma),
  },

  ProductVariant: {
    __resolveReference: ({ id, ...rest }) => (isId('var', id) ? { id, ...rest } : null),
    async stockForecast(
      variant,
      { leadDays, coverDays },
      { load, forecasts },
    ): Promise<StockForecast | null> {
      const supply = readSupply({ leadDays: leadDays ?? 14, coverDays: coverDays ?? 28 })
      const stock = stockOf(variant)
      if (!stock) return null
      const demand = await load.demandByVariantId.load(variant.id)
      const task = { period: 7, horizon: STOCK_HORIZON, kind: 'QUICK' } as const
      const forecast = demand && isForecastable(demand) ? await forecasts(demand.units, task) : null
      return stockForecast(stock, demand, forecast, supply)
    },
  },

  StockForecast: {
    processedThrough: (_, __, { prisma }) => readProgress(prisma),
    availableUnits: ({ available }) => available,
    incomingUnits: ({ incoming }) => incoming,
    runsOutOn: ({ until, runsOutAfterDays }, _, { timeZone }) => dayAfter(until, runsOutAfterDays, timeZone),
    runsOutEarliestOn: ({ until, runsOutEarliestAfterDays }, _, { timeZone }) =>
      dayAfter(until, runsOutEarliestAfterDays, timeZone),
  },
}
