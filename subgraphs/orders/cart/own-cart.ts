import { accept, type Decision } from '@argyle/kit/decision'
import { newId } from '@argyle/kit/ids'
import type { Currency } from '@argyle/kit/money'
import type { Tx } from '../transaction.ts'
import type { Cart, CartHead } from './cart.ts'
import { freshCart, isOpenTo, touched } from './cart-life.ts'
import { insertCart, lockOwnCart, saveCart } from './cart-rows.ts'

/** The shopper (the id of a signed-in customer, or null for a guest) and the current time. */
export type Act = { readonly shopper: string | null; readonly now: Date }

async function begin(tx: Tx, { shopper, now }: Act, currency: Currency): Promise<CartHead> {
  const cart = freshCart({ id: newId('crt'), customerId: shopper, currency }, now)
  if (await insertCart(tx, cart)) return cart
  // The customer's concurrent request was faster. Its cart is committed, since the insert waited for it.
  const own = shopper === null ? null : await lockOwnCart(tx, shopper)
  if (!own) throw new Error(`the cart of ${shopper} was deleted while it was opened`)
  return own
}

/** The customer's own cart, locked; a new one if there is none. A guest gets a new one each time. */
export async function ownCart(tx: Tx, act: Act, currency: Currency): Promise<CartHead> {
  const own = act.shopper === null ? null : await lockOwnCart(tx, act.shopper)
  if (own && isOpenTo(own, act.shopper, act.now)) return own
  if (own) await tx.cart.deleteMany({ where: { id: own.id } })
  return begin(tx, act, currency)
}

/** Saves a cart under its next version, unless it is the same object as before. Accepts its id. */
export async function save(
  tx: Tx,
  before: Cart,
  after: Cart,
  { now }: Act,
): Promise<Decision<string, never>> {
  if (after !== before) await saveCart(tx, before, touched(after, now))
  return accept(before.id)
}
