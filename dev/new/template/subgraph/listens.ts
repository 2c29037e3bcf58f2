import type { Listeners } from '@argyle/kit/subgraph'
import { rememberProduct } from './copies.ts'
import type { Resources } from './subgraph.ts'

/** What this subgraph does about each message that it hears. */
export const listens: Listeners<Resources> = {
  'products.product.changed': rememberProduct,
}
