import { recordCopyProgress } from '@argyle/kit/copies'
import type { Listeners } from '@argyle/kit/subgraph'
import type { Resources } from './open.ts'

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  'orders.address.applied': recordCopyProgress,
  'reviews.author.applied': recordCopyProgress,
}
