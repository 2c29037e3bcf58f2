import { recordCopyProgress } from '@argyle/kit/copies'
import type { Listeners } from '@argyle/kit/subgraph'
import type { Resources } from './subgraph.ts'

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  'orders.product.applied': recordCopyProgress,
  'inventory.product.applied': recordCopyProgress,
  'reviews.product.applied': recordCopyProgress,
}
