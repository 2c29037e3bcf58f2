import { loadOne } from '@argyle/kit/loader'
import { readDemand } from './forecast/series-reads.ts'
import type { Resources } from './subgraph.ts'

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function analyticsLoaders({ prisma, rates, now, timeZone }: Resources) {
  return {
    rateById: loadOne(rates.byIds, ({ id }) => id),
    demandByVariantId: loadOne(
      (ids: readonly string[]) => readDemand(prisma, { now: now(), timeZone }, ids),
      ({ variantId }) => variantId,
    ),
  }
}

export type AnalyticsLoaders = ReturnType<typeof analyticsLoaders>
