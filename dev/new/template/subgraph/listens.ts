import type { Listeners } from '@argyle/kit/subgraph'
import { rememberProduct } from './copies.ts'
import type { Resources } from './subgraph.ts'

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  'products.product.changed': rememberProduct,
}
