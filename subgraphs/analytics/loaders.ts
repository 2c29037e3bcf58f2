import { loadOne } from '@argyle/kit/loader'
import type { RateStore } from './rate/rate-store.ts'

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function analyticsLoaders(rates: RateStore) {
  return {
    rateById: loadOne(rates.byIds, ({ id }) => id),
  }
}

export type AnalyticsLoaders = ReturnType<typeof analyticsLoaders>
