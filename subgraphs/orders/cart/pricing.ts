import { type Currency, type Money, money, multiply, subtract, sum } from '@argyle/kit/money'
import { type Coupon, type CouponStatus, discountOf, judgeCoupon } from '../coupon/coupon.ts'
import type { KnownShortage } from './cart.ts'
import { shortage, shortOf } from './stock-check.ts'

/**
 * The current offer of a variant, from the read models. A field is null where the read model has no value.
 */
export type Offer = {
  readonly variantId: string
  readonly productId: string | null
  readonly sku: string | null
  readonly title: string | null
  /** True if product and variant are for sale. */
  readonly listed: boolean
  /** Price of one unit in the cart's currency, in minor units. */
  readonly priceMinor: bigint | null
  /** Publicly shown available quantity, capped; null if unknown. */
  readonly available: number | null
  /** Sequence of the availability copy; null if unknown. */
  readonly availabilitySequence: number | null
  /** Weight of one unit in grams; null if unknown. */
  readonly weightGrams: number | null
  /** Tax category of the variant. */
  readonly taxCategory: string
}

/** A line of a cart with its offer. */
export type OfferedLine = {
  readonly id: string
  readonly quantity: number
  /** The unit price that the customer last acknowledged, in minor units. */
  readonly seenMinor: bigint
  readonly shortage: KnownShortage | null
  readonly offer: Offer
}

export type PricedLine = OfferedLine & {
  readonly unitPrice: Money
  readonly lineTotal: Money
  readonly priceChangedFrom: Money | null
  readonly orderable: boolean
  /** Available quantity, if it is less than the quantity of the line; else null. */
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

/** The coupon of a cart, with this customer's number of uses. */
export type HeldCoupon = { readonly coupon: Coupon; readonly usedByCustomer: number }

/** Prices a line from the current offer, never from values of the client or the cart. */
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

/** The price of a cart before shipping and tax, which checkout/totals.ts adds. */
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

/** Tests whether `placeOrder` would accept the line, as far as the read models know. */
function canBeOrdered({ orderable, offer, quantity }: PricedLine): boolean {
  return orderable && shortage(offer, quantity, []) === null
}

function applied({ coupon, usedByCustomer }: HeldCoupon, subtotal: Money, now: Date): AppliedDiscount {
  const status = judgeCoupon(coupon, { subtotal, usedByCustomer, now })
  const amount = status === 'APPLICABLE' ? discountOf(coupon, subtotal) : money(0n, subtotal.currency)
  return { code: coupon.code, amount, status }
}
