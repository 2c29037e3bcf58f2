import type { Listeners } from '@argyle/kit/subgraph'
import { forgetDisplayName, rememberDisplayName, rememberProduct } from './copies.ts'
import type { Resources } from './subgraph.ts'

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  'users.profile.updated': rememberDisplayName,
  'users.account.deleted': forgetDisplayName,
  'products.product.changed': rememberProduct,
}
