import type { NewEvent } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import type { QueryTally } from './query-counts.ts'

/**
 * Counts of searches since the previous event: sums by text, without reference to persons. Each batch has a
 * subject of its own.
 */
export function queriesCounted(queries: readonly QueryTally[], until: Date): NewEvent {
  return {
    type: 'search.query.counted',
    subject: newId('qct'),
    sequence: 1,
    data: { until: until.toISOString(), queries },
  }
}
