import { recordCopyProgress } from '@argyle/kit/copies'
import type { Listeners } from '@argyle/kit/subgraph'
import type { Resources } from './subgraph.ts'

/** The reaction to each message that this subgraph hears. */
export const listens: Listeners<Resources> = {
  'orders.product.applied': recordCopyProgress,
  'inventory.product.applied': recordCopyProgress,
  'reviews.product.applied': recordCopyProgress,
}
