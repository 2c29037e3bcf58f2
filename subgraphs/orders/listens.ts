import { eraseDeleted } from '@argyle/kit/deleted-users'
import type { Listener, Listeners } from '@argyle/kit/subgraph'
import { forgetAddress, rememberAddress } from './address-copies.ts'
import { rememberAvailability, rememberPrice, rememberProduct, rememberQuoteKey } from './copies.ts'
import { issueCoupon } from './coupon/personal-coupon.ts'
import { eraseCustomer } from './erasure.ts'
import { claimGuestOrders } from './guest/guest-store.ts'
import { PAYMENT_ANSWERS, SHIPPING_ANSWERS, STOCK_ANSWERS } from './saga/answers.ts'
import { answerOrder } from './saga/saga-store.ts'
import type { Resources } from './subgraph.ts'

/** Replies to commands. Each is an input of the saga of its order. */
const answers = Object.entries({ ...STOCK_ANSWERS, ...PAYMENT_ANSWERS, ...SHIPPING_ANSWERS }).map(
  ([type, read]): [string, Listener<Resources>] => [
    type,
    async (message, tx, { clock }) => {
      const { orderId, input } = read(message)
      await answerOrder(tx, orderId, input, clock())
    },
  ],
)

/** The listener of each message type. */
export const listens: Listeners<Resources> = {
  'products.product.changed': rememberProduct,
  'products.price.changed': rememberPrice,
  'users.address.saved': (message, tx, { clock }) => rememberAddress(message, tx, clock()),
  'users.address.removed': (message, tx, { clock }) => forgetAddress(message, tx, clock()),
  'users.email.verified': claimGuestOrders,
  'users.account.deleted': (message, tx, { clock }) => eraseDeleted(message, tx, clock(), eraseCustomer),
  'inventory.availability.changed': rememberAvailability,
  'shipping.quote_key.published': rememberQuoteKey,
  'orders.issue_coupon': (message, tx, { clock }) => issueCoupon(message, tx, clock()),
  ...Object.fromEntries(answers),
}
