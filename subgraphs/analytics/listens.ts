import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import type { Listeners } from '@argyle/kit/subgraph'
import { rememberActivity } from './activity/activity-copies.ts'
import { rememberClaim, rememberPlaced, rememberSales } from './sale/sale-copies.ts'
import { rememberTerms } from './search-term/term-copies.ts'
import { rememberStock } from './stock/stock-copies.ts'
import type { Resources } from './subgraph.ts'

const rememberCarts = rememberActivity('CART')
const rememberViews = rememberActivity('VIEW')

/** Functions that handle many messages together: a replay contains hundreds. */
export const listensToMany = {
  'orders.sale.changed': rememberSales,
  'orders.order.placed': rememberPlaced,
  'search.query.counted': rememberTerms,
  'orders.cart.counted': rememberCarts,
  'inventory.stock.counted': rememberStock,
  'recommendations.view.counted': rememberViews,
} satisfies Record<string, (messages: readonly Envelope[], tx: Tx) => Promise<void>>

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  'orders.sale.changed': (message, tx) => rememberSales([message], tx),
  'orders.order.placed': (message, tx) => rememberPlaced([message], tx),
  'orders.order.claimed': rememberClaim,
  'search.query.counted': (message, tx) => rememberTerms([message], tx),
  'inventory.stock.counted': (message, tx) => rememberStock([message], tx),
  'orders.cart.counted': (message, tx) => rememberCarts([message], tx),
  'recommendations.view.counted': (message, tx) => rememberViews([message], tx),
}
