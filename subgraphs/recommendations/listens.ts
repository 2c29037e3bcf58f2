import type { Tx } from '@argyle/kit/database'
import { eraseDeleted } from '@argyle/kit/deleted-users'
import type { Envelope } from '@argyle/kit/envelope'
import type { Listeners } from '@argyle/kit/subgraph'
import { eraseBuyer } from './erasure.ts'
import { assignOrders, cancelOrders, rememberOrders } from './order-copies.ts'
import { rememberProducts, rememberStock } from './product-copies.ts'
import type { Resources } from './subgraph.ts'

/** Listeners that take any number of messages at once, so that a replay runs in batches. */
export const listensToMany = {
  'products.product.changed': rememberProducts,
  'inventory.availability.changed': rememberStock,
  'orders.order.placed': rememberOrders,
  'orders.order.claimed': assignOrders,
  'orders.order.cancelled': cancelOrders,
} satisfies Record<string, (messages: readonly Envelope[], tx: Tx) => Promise<void>>

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  ...Object.fromEntries(
    Object.entries(listensToMany).map(([type, handle]) => [
      type,
      (message: Envelope, tx: Tx) => handle([message], tx),
    ]),
  ),
  'users.account.deleted': (message, tx, { clock }) => eraseDeleted(message, tx, clock(), eraseBuyer),
}
