// Tested in ../checkout.int.test.ts: the rules of an order show at its checkout.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { formatMoney, type Money } from '@argyle/kit/money'
import {
  type IdempotencyKeyReusedError,
  type UserError,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { CartHead } from '../cart/cart.ts'
import { type HeldCoupon, type OfferedLine, type Pricing, priceCart } from '../cart/pricing.ts'
import { type InsufficientStockError, shortage } from '../cart/stock-check.ts'
import { gramsOf, type TotalledLine, type Totals, totalsOf } from '../checkout/totals.ts'
import {
  acceptQuote,
  type Quote,
  type QuoteKey,
  type ReadQuote,
  type ShippingOptionExpiredError,
} from '../quote/quote.ts'
import type { TaxRules } from '../tax/tax.ts'
import type { Address, ShippingAddressPendingError } from './destination.ts'

export type PriceChangedError = UserError & {
  readonly __typename: 'PriceChangedError'
  readonly currentTotal: Money
}

export type PlaceOrderError =
  | IdempotencyKeyReusedError
  | InsufficientStockError
  | PriceChangedError
  | ShippingAddressPendingError
  | ShippingOptionExpiredError
  | ValidationError
  | VersionConflictError

/** A line at the time of purchase. Later changes of the catalogue do not affect it. */
export type NewOrderLine = {
  readonly id: string
  readonly position: number
  readonly variantId: string
  readonly productId: string
  readonly sku: string
  readonly title: string
  readonly unitMinor: bigint
  readonly quantity: number
  /** The line's share of the order's discount. */
  readonly discountMinor: bigint
  readonly taxPpm: number
  /** Tax added to the price. */
  readonly taxMinor: bigint
  /** Tax contained in the price. */
  readonly includedTaxMinor: bigint
  /** Weight of one unit, in grams. */
  readonly weightGrams: number | null
}

/** A guest: an e-mail, the hash of a secret, and the hash by which unpaid orders are counted. */
export type Guest = { readonly email: string; readonly secretHash: string; readonly unpaidKey: string }

/** The buyer: a customer, or a guest. */
export type Buyer =
  | { readonly customerId: string; readonly guest: null }
  | { readonly customerId: null; readonly guest: Guest }

export type NewOrder = Buyer & {
  readonly id: string
  readonly number: string
  readonly cartId: string
  readonly lines: readonly NewOrderLine[]
  readonly totals: Totals
  /** The coupon that gave a discount; null if none did. */
  readonly coupon: { readonly id: string; readonly code: string } | null
  readonly address: Address
  /** The shipping option; null if none was chosen. */
  readonly shipping: Quote | null
  /** The payment method; null if the total is zero or none was chosen. */
  readonly paymentMethodId: string | null
  /** The shipping option or the payment method is missing: the order waits for `payOrder`. */
  readonly payLater: boolean
  readonly placedAt: Date
}

/** The terms that the customer agreed to. */
export type Agreement = { readonly expectedCartVersion: number; readonly expectedTotal: Money }

/** The inputs of an order, as read from the locked rows. */
export type Basket = {
  readonly cart: CartHead
  readonly buyer: Buyer
  readonly lines: readonly OfferedLine[]
  readonly held: HeldCoupon | null
  readonly address: Address
  /** The tax rules of the destination; null if the shop raises no tax there. */
  readonly taxRules: TaxRules | null
  /** The chosen shipping option and the key that must have signed it. */
  readonly option: { readonly quote: ReadQuote; readonly key: QuoteKey | null } | null
  readonly paymentMethodId: string | null
  /** Number of the buyer's orders whose payment is not authorized yet. */
  readonly unpaid: number
}

/** The id, number and time of a new order, and the source of the ids of its lines. */
type Drawn = {
  readonly newId: (prefix: string) => string
  readonly orderId: string
  readonly number: string
  readonly now: Date
}

/**
 * Creates an order from a cart, or returns the errors. All prices are the current ones of the shop. The
 * customer's own total is only compared with them.
 */
export function place(
  basket: Basket,
  agreement: Agreement,
  { newId, orderId, number, now }: Drawn,
): Decision<NewOrder, PlaceOrderError> {
  const { cart, buyer, held, address, taxRules } = basket
  const pricing = priceCart(basket.lines, { currency: cart.currency, held, now })
  const faults = faultsOf(cart, pricing, agreement)
  if (faults.length > 0) return refuse(...faults)
  const shipping = shippingOf(basket, pricing, now)
  if (!shipping.ok) return shipping
  const totals = totalsOf(pricing, { region: address.region, rules: taxRules }, shipping.value?.price ?? null)
  const { expectedTotal } = agreement
  const { total } = totals
  if (expectedTotal.currency !== total.currency || expectedTotal.minor !== total.minor)
    return refuse(priceChanged(expectedTotal, total))
  return accept({
    ...buyer,
    id: orderId,
    number,
    cartId: cart.id,
    lines: totals.lines.map((line, index) => snapshot(line, index + 1, newId)),
    totals,
    coupon: held && totals.discount.minor > 0n ? { id: held.coupon.id, code: held.coupon.code } : null,
    address,
    shipping: shipping.value,
    ...paymentOf(basket, total),
    placedAt: now,
  })
}

/** The payment method. A total of zero is final only with a shipping option. */
function paymentOf({ option, paymentMethodId }: Basket, { minor }: Money) {
  if (option && minor === 0n) return { paymentMethodId: null, payLater: false }
  return { paymentMethodId, payLater: option === null || paymentMethodId === null }
}

/** The shipping price of the chosen option, if its quote is valid for the cart. */
function shippingOf(
  { cart, address, option }: Basket,
  pricing: Pricing,
  now: Date,
): Decision<Quote | null, ShippingOptionExpiredError> {
  if (!option) return accept(null)
  const { countryCode, postalCode } = address
  const grams = gramsOf(pricing.lines)
  const consignment = { cartId: cart.id, currency: cart.currency, countryCode, postalCode, grams }
  return acceptQuote(option.quote, { key: option.key, consignment, now })
}

/** Returns the first kind of error only: with a wrong version, the others are meaningless, and so on. */
function faultsOf(cart: CartHead, pricing: Pricing, agreement: Agreement): PlaceOrderError[] {
  const { expectedCartVersion } = agreement
  if (cart.version !== expectedCartVersion) {
    return [{ ...versionConflict(expectedCartVersion, cart.version), path: ['expectedCartVersion'] }]
  }
  if (pricing.lines.length === 0) {
    return [validationError(`the cart "${cart.id}" is empty: allowed is a cart with lines`, ['cartId'])]
  }
  const gone = pricing.lines.filter((line) => !line.orderable)
  if (gone.length > 0) return gone.map(({ id, offer }) => notForSale(id, offer.title))
  return pricing.lines.flatMap(({ offer, quantity }) => shortage(offer, quantity, ['cartId']) ?? [])
}

function notForSale(lineId: string, title: string | null): ValidationError {
  return validationError(
    `the line "${lineId}" (${title ?? 'unknown'}) is no longer for sale: remove it first`,
    ['cartId'],
  )
}

export function priceChanged(expected: Money, current: Money): PriceChangedError {
  const text = (amount: Money) => Object.values(formatMoney(amount)).join(' ')
  const message = `expectedTotal is ${text(expected)}, but the total now is ${text(current)}`
  return { __typename: 'PriceChangedError', message, path: ['expectedTotal'], currentTotal: current }
}

function snapshot(
  { line, discount, tax }: TotalledLine,
  position: number,
  newId: (prefix: string) => string,
): NewOrderLine {
  const { offer, quantity, unitPrice } = line
  return {
    id: newId('oln'),
    position,
    variantId: offer.variantId,
    // An orderable line has all these values: see priceLine and the constraints of the read model.
    productId: offer.productId ?? '',
    sku: offer.sku ?? '',
    title: offer.title ?? '',
    unitMinor: unitPrice.minor,
    quantity,
    discountMinor: discount.minor,
    taxPpm: tax.ppm,
    taxMinor: tax.onTopMinor,
    includedTaxMinor: tax.includedMinor,
    weightGrams: offer.weightGrams,
  }
}
