// Tested in ../checkout.int.test.ts: it reads what a checkout decides by.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { notFound, validationError } from '@argyle/kit/user-errors'
import { isOpenTo } from '../cart/cart-life.ts'
import { linesWithOffers } from '../cart/offers.ts'
import { heldCoupon } from '../coupon/coupon-reads.ts'
import type { ReadQuote } from '../quote/quote.ts'
import type { Tx } from '../transaction.ts'
import { type Destination, type PostalAddress, readAddress } from './destination.ts'
import type { Agreement, Basket, Buyer, PlaceOrderError } from './order.ts'
import { countUnpaidOfGuest, lockCoupon, lockGround, type OrderGround, redeemerOf } from './order-rows.ts'

/** A request for an order: its contents, destination, shipping option and payment method. */
export type Checkout = Agreement & {
  readonly buyer: Buyer
  readonly cartId: string
  /** An address of the customer's address book, or one entered by a guest. */
  readonly to: { readonly book: Destination } | { readonly written: PostalAddress }
  readonly quote: ReadQuote | null
  readonly paymentMethodId: string | null
}

/** Tests whether the buyer may order the cart. */
function cartFault({ cart }: OrderGround, { buyer, cartId }: Checkout, now: Date): PlaceOrderError | null {
  if (!isOpenTo(cart, buyer.customerId, now)) return notFound('open cart', cartId, ['cartId'])
  if (buyer.customerId === null || cart.customerId !== null) return null
  return validationError(`the cart "${cartId}" is a guest's: allowed is your own, so claimCart first`, [
    'cartId',
  ])
}

/** Locks and reads everything that an order depends on, the cart before the coupon. */
export async function gather(
  tx: Tx,
  checkout: Checkout,
  now: Date,
): Promise<Decision<Basket, PlaceOrderError>> {
  const { cartId, buyer, to, quote, paymentMethodId } = checkout
  const { customerId } = buyer
  const keyId = quote?.payload.kid ?? null
  const ground = await lockGround(tx, { cartId, customerId, to, keyId })
  if (!ground) return refuse(notFound('open cart', cartId, ['cartId']))
  const fault = cartFault(ground, checkout, now)
  if (fault) return refuse(fault)
  const { cart, taxRules, key } = ground
  const address =
    'book' in to ? readAddress(ground.address, to.book) : accept({ ...to.written, id: null, version: null })
  if (!address.ok) return address
  const lines = await linesWithOffers(tx, [cartId])
  if (cart.couponId) await lockCoupon(tx, cart.couponId)
  const held = cart.couponId ? await heldCoupon(tx, { id: cart.couponId }, redeemerOf(buyer)) : null
  const option = quote && { quote, key }
  const unpaid = buyer.guest ? await countUnpaidOfGuest(tx, buyer.guest) : ground.unpaid
  return accept({
    cart,
    buyer,
    unpaid,
    lines,
    held,
    address: address.value,
    taxRules,
    option,
    paymentMethodId,
  })
}
