import { recordCopyProgress } from '@argyle/kit/copies'
import type { Listeners } from '@argyle/kit/subgraph'
import type { Resources } from './open.ts'

/** The reaction to each message that this subgraph hears. */
export const listens: Listeners<Resources> = {
  'orders.address.applied': recordCopyProgress,
  'reviews.author.applied': recordCopyProgress,
}
