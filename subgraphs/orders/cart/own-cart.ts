import { accept, type Decision } from '@argyle/kit/decision'
import { newId } from '@argyle/kit/ids'
import type { Currency } from '@argyle/kit/money'
import type { Tx } from '../transaction.ts'
import type { Cart, CartHead } from './cart.ts'
import { freshCart, isOpenTo, touched } from './cart-life.ts'
import { deleteCart, insertCart, lockOwnCart, saveCart } from './cart-rows.ts'

/** The shopper (the id of a signed-in customer, or null for a guest) and the current time. */
export type Act = { readonly shopper: string | null; readonly now: Date }

/** Inserts a new cart with this id. Returns the customer's own if a concurrent request was faster. */
async function begin(tx: Tx, { shopper, now }: Act, { id, currency, isCounted }: NewCart): Promise<CartHead> {
  const cart = freshCart({ id, customerId: shopper, currency }, now)
  if (await insertCart(tx, cart, { now, isCounted })) return cart
  // The cart of the faster request is committed, since the insert waited for it.
  const own = shopper === null ? null : await lockOwnCart(tx, shopper)
  if (!own) throw new Error(`the cart of ${shopper} was deleted while it was opened`)
  return own
}

/** A cart that is inserted if there is none. */
type NewCart = { readonly id: string; readonly currency: Currency; readonly isCounted: boolean }

/** A cart, if it is the shopper's own and has not expired; else a new one in its place. */
export async function openOrBegin(tx: Tx, act: Act, own: CartHead | null, fresh: NewCart): Promise<CartHead> {
  if (own && isOpenTo(own, act.shopper, act.now)) return own
  if (own) await deleteCart(tx, own.id)
  return begin(tx, act, fresh)
}

/** The customer's own cart, locked; a new one if there is none. */
export async function ownCart(
  tx: Tx,
  act: Act & { readonly shopper: string },
  currency: Currency,
): Promise<CartHead> {
  return openOrBegin(tx, act, await lockOwnCart(tx, act.shopper), {
    ...{ id: newId('crt'), currency },
    isCounted: false,
  })
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
