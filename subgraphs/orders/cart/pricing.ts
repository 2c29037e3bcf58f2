import { type Currency, type Money, money, multiply, subtract, sum } from '@argyle/kit/money'
import { type Coupon, type CouponStatus, discountOf, judgeCoupon } from '../coupon/coupon.ts'
import type { KnownShortage } from './cart.ts'
import { shortage, shortOf } from './stock-check.ts'

/** What the shop says of a variant now, from the read models; null where it was never told. */
export type Offer = {
  readonly variantId: string
  readonly productId: string | null
  readonly sku: string | null
  readonly title: string | null
  /** Whether product and variant are for sale. */
  readonly listed: boolean
  /** The price of one unit in the cart's currency, in minor units. */
  readonly priceMinor: bigint | null
  /** Units that the public may know to be free, capped; null where inventory does not say. */
  readonly available: number | null
  /** Of the news that `available` comes from; null before any. */
  readonly availabilitySequence: number | null
  /** Of one unit; null where products has not told it. */
  readonly weightGrams: number | null
  /** Which rate of tax it has. */
  readonly taxCategory: string
}

/** A line of a cart with what the shop says of its variant. */
export type OfferedLine = {
  readonly id: string
  readonly quantity: number
  /** The unit price when the customer last saw to it. */
  readonly seenMinor: bigint
  readonly shortage: KnownShortage | null
  readonly offer: Offer
}

export type PricedLine = OfferedLine & {
  readonly unitPrice: Money
  readonly lineTotal: Money
  readonly priceChangedFrom: Money | null
  readonly orderable: boolean
  /** How many units can be had, where they are fewer than the quantity. */
  readonly availableQuantity: number | null
}

export type AppliedDiscount = { readonly code: string; readonly amount: Money; readonly status: CouponStatus }

export type Pricing = {
  readonly lines: readonly PricedLine[]
  readonly subtotal: Money
  readonly discounts: readonly AppliedDiscount[]
  readonly total: Money
  readonly orderable: boolean
}

/** A cart's coupon and how often this customer has used it. */
export type HeldCoupon = { readonly coupon: Coupon; readonly usedByCustomer: number }

/** Prices a line from what the shop says now, never from what the client or the cart remembers. */
export function priceLine(line: OfferedLine, currency: Currency): PricedLine {
  const { seenMinor, quantity, offer } = line
  const unitPrice = money(offer.priceMinor ?? seenMinor, currency)
  return {
    ...line,
    unitPrice,
    lineTotal: multiply(unitPrice, quantity),
    priceChangedFrom: unitPrice.minor === seenMinor ? null : money(seenMinor, currency),
    orderable: offer.listed && offer.priceMinor !== null,
    availableQuantity: shortOf(offer, quantity, line.shortage),
  }
}

/** What a cart costs now, before shipping and tax: see checkout/totals.ts for those. */
export function priceCart(
  offered: readonly OfferedLine[],
  { currency, held, now }: { currency: Currency; held: HeldCoupon | null; now: Date },
): Pricing {
  const lines = offered.map((line) => priceLine(line, currency))
  const totals = lines.map((line) => line.lineTotal)
  const subtotal = sum(totals, currency)
  const discounts = held ? [applied(held, subtotal, now)] : []
  const amounts = discounts.map(({ amount }) => amount)
  return {
    lines,
    subtotal,
    discounts,
    total: subtract(subtotal, sum(amounts, currency)),
    orderable: lines.length > 0 && lines.every(canBeOrdered),
  }
}

/** Whether `placeOrder` would take the line, as far as the read models know. */
function canBeOrdered({ orderable, offer, quantity }: PricedLine): boolean {
  return orderable && shortage(offer, quantity, []) === null
}

function applied({ coupon, usedByCustomer }: HeldCoupon, subtotal: Money, now: Date): AppliedDiscount {
  const status = judgeCoupon(coupon, { subtotal, usedByCustomer, now })
  const amount = status === 'APPLICABLE' ? discountOf(coupon, subtotal) : money(0n, subtotal.currency)
  return { code: coupon.code, amount, status }
}
