import { eraseDeleted } from '@argyle/kit/deleted-users'
import type { Listeners } from '@argyle/kit/subgraph'
import { eraseMethods } from './method/erase-methods.ts'
import { claimPayment } from './payment/claim.ts'
import { read } from './payment/commands.ts'
import type { Resources } from './subgraph.ts'

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  'payments.authorize': (message, tx, { payments }) => payments.authorize(tx, read.authorize(message)),
  'payments.capture': (message, tx, { payments }) => payments.capture(tx, read.order(message)),
  'payments.void': (message, tx, { payments }) => payments.void(tx, read.order(message)),
  'payments.refund': (message, tx, { payments }) => payments.refund(tx, read.refund(message)),
  'orders.order.claimed': (message, tx) => claimPayment(tx, read.claimed(message)),
  'users.account.deleted': (message, tx, { clock }) => eraseDeleted(message, tx, clock(), eraseMethods),
}
