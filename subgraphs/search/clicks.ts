import { type Allowance, addressBucket, type Throttle } from '@argyle/kit/throttle'
import type { QueryCounts } from './query-counts.ts'

/** Clicks of one client address: 100 at once, then one every two seconds. */
export const CLICKS: Allowance = { burst: 100, everyMs: 2_000 }

/**
 * Counts a click on a result of a query.
 * @throws GraphQLError RATE_LIMITED
 */
export function clickCounter(queryCounts: QueryCounts, throttle: Throttle) {
  return async (query: string, clientAddress: string | null): Promise<void> => {
    await throttle.take(addressBucket('search-click', clientAddress), CLICKS)
    queryCounts.clicked(query)
  }
}
