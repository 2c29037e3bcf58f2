import type { NewEvent } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import type { CountedQuery } from './query-counts.ts'

/**
 * Counts of searches since the previous event, with the sums of their day so far: by text, without reference to persons. Each batch has a
 * subject of its own. `day` is a UTC day.
 */
export function queriesCounted(
  queries: readonly CountedQuery[],
  { day, until }: { readonly day: string; readonly until: Date },
): NewEvent {
  return {
    type: 'search.query.counted',
    subject: newId('qct'),
    sequence: 1,
    data: { until: until.toISOString(), day, queries },
  }
}
