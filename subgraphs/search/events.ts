import type { NewEvent } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import type { QueryTally } from './query-counts.ts'

/** Counts of searches since the last time: sums by text, of nobody in particular. Each batch is a subject of its own. */
export function queriesCounted(queries: readonly QueryTally[], until: Date): NewEvent {
  return {
    type: 'search.query.counted',
    subject: newId('qct'),
    sequence: 1,
    data: { until: until.toISOString(), queries },
  }
}
