import type { Envelope } from '@argyle/kit/envelope'
import { forgetAddress, rememberAddress } from './address-copy.ts'
import { ANSWERS } from './events.ts'
import { rememberAvailability, rememberPrice, rememberProduct } from './read-models.ts'
import { answerOrder } from './saga/saga-store.ts'
import type { Resources } from './subgraph.ts'
import type { Tx } from './transaction.ts'

type Listener = (message: Envelope, tx: Tx, resources: Resources) => Promise<void>

/** Inventory's answers, each to the saga of its order. */
const answers = Object.entries(ANSWERS).map(([type, read]): [string, Listener] => [
  type,
  async (message, tx, { clock }) => {
    const { orderId, input } = read(message)
    await answerOrder(tx, orderId, input, clock())
  },
])

/** What this subgraph does about each message that it hears. */
export const listens: Readonly<Record<string, Listener>> = {
  'products.product.changed': rememberProduct,
  'products.price.changed': rememberPrice,
  'users.address.saved': rememberAddress,
  'users.address.removed': (message, tx, { clock }) => forgetAddress(message, tx, clock()),
  'inventory.availability.changed': rememberAvailability,
  ...Object.fromEntries(answers),
}
