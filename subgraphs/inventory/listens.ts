import { recordCopyProgress } from '@argyle/kit/copies'
import type { Listeners } from '@argyle/kit/subgraph'
import { claimReservation } from './claim-store.ts'
import { claimedOrder, commandedOrder, reserveCommand, restockCommand } from './commands.ts'
import { rememberVariants } from './copies.ts'
import { reserve, settle } from './reservation-store.ts'
import { restock } from './restock-store.ts'
import type { Resources } from './subgraph.ts'

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  'inventory.reserve': (message, tx, { clock }) => reserve(tx, reserveCommand(message), clock()),
  'inventory.commit': (message, tx, { clock }) => settle(tx, 'commit', commandedOrder(message), clock()),
  'inventory.release': (message, tx, { clock }) => settle(tx, 'release', commandedOrder(message), clock()),
  'inventory.restock': (message, tx, { clock }) => restock(tx, restockCommand(message), clock()),
  'orders.order.claimed': (message, tx) => claimReservation(tx, claimedOrder(message)),
  'products.product.changed': rememberVariants,
  'orders.availability.applied': recordCopyProgress,
}
