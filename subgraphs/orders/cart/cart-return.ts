import { newId } from '@argyle/kit/ids'
import type { CancelReason } from '../generated/prisma/enums.ts'
import type { Tx } from '../transaction.ts'
import type { CartHead } from './cart.ts'
import { lockCart, withLines } from './cart-rows.ts'
import { giveBack, mergedCurrency, type Shortage, withShortages } from './merge.ts'
import { offersOf } from './offers.ts'
import { ownCart, save } from './own-cart.ts'

/**
 * Tests whether the customer still wants an order that was cancelled for this reason: true unless the
 * customer cancelled it or it was fraud.
 */
const COMES_BACK: Readonly<Record<CancelReason, boolean>> = {
  OUT_OF_STOCK: true,
  PAYMENT_DECLINED: true,
  PAYMENT_TIMEOUT: true,
  ADDRESS_REMOVED: true,
  CUSTOMER_REQUEST: false,
  FRAUD: false,
}

export type CancelledOrder = {
  readonly id: string
  readonly cartId: string
  readonly customerId: string | null
}

/**
 * Moves the lines of a cancelled order back into the customer's open cart, or into a new one. Locks the
 * carts. The caller has locked the order, and locks the coupon afterwards, in the same order as placing an
 * order does.
 */
export async function returnCart(
  tx: Tx,
  { id, cartId, customerId }: CancelledOrder,
  { reason, shortages, now }: { reason: CancelReason; shortages: readonly Shortage[]; now: Date },
): Promise<void> {
  if (!COMES_BACK[reason]) return
  const head = await lockCart(tx, cartId)
  if (!head) return
  if (customerId === null) return reopen(tx, head, id, { shortages, now })
  const act = { shopper: customerId, now }
  const spent = (await withLines(tx, head)).cart
  const own = (await withLines(tx, await ownCart(tx, act, spent.currency))).cart
  const variantIds = spent.lines.map(({ variantId }) => variantId)
  const offers = await offersOf(tx, variantIds, mergedCurrency(own, spent))
  const whole = giveBack(own, spent, shortages, { offers, newLineId: () => newId('cln') })
  await save(tx, own, whole, act)
}

/** Reopens a guest's cart under its id, which is all that the guest knows. The order gets another cart id. */
async function reopen(
  tx: Tx,
  head: CartHead,
  orderId: string,
  { shortages, now }: { shortages: readonly Shortage[]; now: Date },
): Promise<void> {
  const { cart } = await withLines(tx, head)
  const variantIds = cart.lines.map(({ variantId }) => variantId)
  const offers = await offersOf(tx, variantIds, cart.currency)
  await tx.$executeRaw`UPDATE orders SET cart_id = ${newId('crt')} WHERE id = ${orderId}`
  const opened = { ...cart, state: 'OPEN', lines: withShortages(cart.lines, shortages, offers) } as const
  await save(tx, cart, opened, { shopper: null, now })
}
