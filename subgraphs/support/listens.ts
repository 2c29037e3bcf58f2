import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import type { Listeners } from '@argyle/kit/subgraph'
import { noteOutcome } from './campaign/campaign-outcome.ts'
import {
  rememberAgents,
  rememberContacts,
  rememberGuests,
  rememberOrders,
  rememberPeople,
  rememberProducts,
  rememberVerified,
} from './copies.ts'
import { forgetPerson } from './erasure.ts'
import { rememberCategories } from './segment/category-tree.ts'
import { rememberBuyer, rememberConsent, rememberSales } from './segment/customer-copies.ts'
import type { Resources } from './subgraph.ts'

/** The functions that update copies from any number of messages. */
export const listensToMany = {
  'products.category.changed': rememberCategories,
  'products.product.changed': rememberProducts,
  'orders.order.placed': rememberOrders,
  'orders.order.summarised': rememberGuests,
  'orders.sale.changed': rememberSales,
  'users.profile.updated': rememberPeople,
  'users.contact.changed': rememberContacts,
  'users.email.verified': rememberVerified,
  'users.roles.changed': rememberAgents,
} satisfies Record<string, (messages: readonly Envelope[], tx: Tx) => Promise<void>>

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  'products.category.changed': (message, tx) => rememberCategories([message], tx),
  'products.product.changed': (message, tx) => rememberProducts([message], tx),
  'orders.order.placed': (message, tx) => rememberOrders([message], tx),
  'orders.order.summarised': (message, tx) => rememberGuests([message], tx),
  'orders.sale.changed': (message, tx) => rememberSales([message], tx),
  async 'orders.order.claimed'(message, tx) {
    await rememberOrders([message], tx)
    await rememberBuyer(message, tx)
  },
  'users.profile.updated': (message, tx) => rememberPeople([message], tx),
  'users.contact.changed': (message, tx) => rememberContacts([message], tx),
  'users.email.verified': (message, tx) => rememberVerified([message], tx),
  'users.account.deleted': (message, tx, { clock }) => forgetPerson(message, tx, clock()),
  'users.roles.changed': (message, tx) => rememberAgents([message], tx),
  'notifications.campaign_message.settled': (message, tx) => noteOutcome(message, tx),
  'notifications.consent.changed': (message, tx) => rememberConsent(message, tx),
}
