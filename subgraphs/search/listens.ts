import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import type { Listeners } from '@argyle/kit/subgraph'
import { indexCategories } from './category-copies.ts'
import { countOrders, subtractOrders } from './order-copies.ts'
import { indexProducts } from './product-copies.ts'
import { indexRatings } from './rating-copies.ts'
import { indexStock } from './stock-copies.ts'
import type { Resources } from './subgraph.ts'

/**
 * The listener of each message type. Each takes any number of messages at once, so that a replay runs in
 * batches.
 */
export const listensToMany = {
  'products.product.changed': indexProducts,
  'products.category.changed': indexCategories,
  'inventory.availability.changed': indexStock,
  'reviews.rating.changed': indexRatings,
  'orders.order.placed': countOrders,
  'orders.order.cancelled': subtractOrders,
} satisfies Record<string, (messages: readonly Envelope[], tx: Tx) => Promise<void>>

export const listens: Listeners<Resources> = Object.fromEntries(
  Object.entries(listensToMany).map(([type, handle]) => [
    type,
    (message: Envelope, tx: Tx) => handle([message], tx),
  ]),
)
