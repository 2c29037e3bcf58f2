import type { Listener, Listeners } from '@argyle/kit/subgraph'
import { forgetAddress, rememberAddress } from './address-copies.ts'
import { rememberAvailability, rememberPrice, rememberProduct } from './copies.ts'
import { ANSWERS } from './events.ts'
import { answerOrder } from './saga/saga-store.ts'
import type { Resources } from './subgraph.ts'

/** Inventory's answers, each to the saga of its order. */
const answers = Object.entries(ANSWERS).map(([type, read]): [string, Listener<Resources>] => [
  type,
  async (message, tx, { clock }) => {
    const { orderId, input } = read(message)
    await answerOrder(tx, orderId, input, clock())
  },
])

/** What this subgraph does about each message that it hears. */
export const listens: Listeners<Resources> = {
  'products.product.changed': rememberProduct,
  'products.price.changed': rememberPrice,
  'users.address.saved': rememberAddress,
  'users.address.removed': (message, tx, { clock }) => forgetAddress(message, tx, clock()),
  'inventory.availability.changed': rememberAvailability,
  ...Object.fromEntries(answers),
}
