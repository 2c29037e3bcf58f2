import { eraseDeleted } from '@argyle/kit/deleted-users'
import type { Listeners } from '@argyle/kit/subgraph'
import { cancelledOrder, claimedOrder, createCommand, refundReport } from './commands.ts'
import { noteRefund } from './return/return-store.ts'
import { claimOrder } from './shipment/claim-store.ts'
import { eraseDestinations } from './shipment/erase-destinations.ts'
import { cancelShipments, createShipments } from './shipment/fulfilment-store.ts'
import type { Resources } from './subgraph.ts'

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  'shipping.create': (message, tx, { courier }) =>
    createShipments(tx, createCommand(message), courier.pace()),
  'shipping.cancel': (message, tx, { courier }) =>
    cancelShipments(tx, cancelledOrder(message), courier.pace()),
  'orders.order.claimed': (message, tx) => claimOrder(tx, claimedOrder(message)),
  'users.account.deleted': (message, tx, { clock }) => eraseDeleted(message, tx, clock(), eraseDestinations),
  'orders.return.refunded': (message, tx, { clock }) => noteRefund(tx, refundReport(message), clock()),
  'orders.return.refund_failed': (message, tx, { clock }) => noteRefund(tx, refundReport(message), clock()),
}
