import type { Listeners } from '@argyle/kit/subgraph'
import { forgetDisplayName, rememberDisplayName, rememberProduct } from './copies.ts'
import type { Resources } from './subgraph.ts'

/** The reaction to each message that this subgraph hears. */
export const listens: Listeners<Resources> = {
  'users.profile.updated': rememberDisplayName,
  'users.account.deleted': forgetDisplayName,
  'products.product.changed': rememberProduct,
}
