import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { hasScope, isSelf, type Viewer } from '@argyle/kit/identity'
import { allocate, formatMoney, type Money, money, sum } from '@argyle/kit/money'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type UserError,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { CartHead } from '../cart/cart.ts'
import {
  type HeldCoupon,
  type OfferedLine,
  type PricedLine,
  type Pricing,
  priceCart,
} from '../cart/pricing.ts'
import { type InsufficientStockError, shortage } from '../cart/stock-check.ts'

export type PriceChangedError = UserError & {
  readonly __typename: 'PriceChangedError'
  readonly currentTotal: Money
}

export type PlaceOrderError =
  | IdempotencyKeyReusedError
  | InsufficientStockError
  | PriceChangedError
  | ShippingAddressPendingError
  | ValidationError
  | VersionConflictError

export type Address = {
  readonly id: string
  /** The version of the address at its owner, the users subgraph. */
  readonly version: number
  readonly recipient: string
  readonly line1: string
  readonly line2: string | null
  readonly city: string
  readonly region: string | null
  readonly postalCode: string
  readonly countryCode: string
}

/** The copy of an address; a removed one has forgotten what it said. */
export type KnownAddress =
  | (Address & { readonly removed: false })
  | { readonly id: string; readonly version: number; readonly removed: true }

export type ShippingAddressPendingError = UserError & { readonly __typename: 'ShippingAddressPendingError' }

/** A line as it is bought: what the catalogue says later does not reach it. */
export type NewOrderLine = {
  readonly id: string
  readonly position: number
  readonly variantId: string
  readonly productId: string
  readonly sku: string
  readonly title: string
  readonly unitMinor: bigint
  readonly quantity: number
  /** This line's share of the order's discount. */
  readonly discountMinor: bigint
}

export type NewOrder = {
  readonly id: string
  readonly number: string
  readonly customerId: string
  readonly cartId: string
  readonly lines: readonly NewOrderLine[]
  readonly subtotal: Money
  readonly discount: Money
  readonly total: Money
  /** The coupon that took something off; null where none did. */
  readonly coupon: { readonly id: string; readonly code: string } | null
  readonly address: Address
  readonly placedAt: Date
}

/** What the customer agreed to. */
export type Agreement = { readonly expectedCartVersion: number; readonly expectedTotal: Money }

/** All that an order is made of, as the locked rows say. */
export type Basket = {
  readonly cart: CartHead
  readonly customerId: string
  readonly lines: readonly OfferedLine[]
  readonly held: HeldCoupon | null
  readonly address: Address
}

/**
 * Makes an order of a cart, or says why it cannot be. Every price is the shop's current one; the customer's own total
 * only decides whether they agreed to it.
 */
export function place(
  basket: Basket,
  agreement: Agreement,
  { newId, number, now }: { newId: (prefix: string) => string; number: string; now: Date },
): Decision<NewOrder, PlaceOrderError> {
  const { cart, customerId, held, address } = basket
  const pricing = priceCart(basket.lines, { currency: cart.currency, held, now })
  const faults = faultsOf(cart, pricing, agreement)
  if (faults.length > 0) return refuse(...faults)
  const discount = sum(
    pricing.discounts.map(({ amount }) => amount),
    cart.currency,
  )
  return accept({
    id: newId('ord'),
    number,
    customerId,
    cartId: cart.id,
    lines: snapshot(pricing.lines, discount, newId),
    subtotal: pricing.subtotal,
    discount,
    total: pricing.total,
    coupon: held && discount.minor > 0n ? { id: held.coupon.id, code: held.coupon.code } : null,
    address,
    placedAt: now,
  })
}

/** The first kind of fault only: a wrong version makes all else beside the point, and so on down. */
function faultsOf(cart: CartHead, pricing: Pricing, agreement: Agreement): PlaceOrderError[] {
  const { expectedCartVersion, expectedTotal } = agreement
  if (cart.version !== expectedCartVersion) {
    return [{ ...versionConflict(expectedCartVersion, cart.version), path: ['expectedCartVersion'] }]
  }
  if (pricing.lines.length === 0) {
    return [validationError(`the cart "${cart.id}" is empty: allowed is a cart with lines`, ['cartId'])]
  }
  const gone = pricing.lines.filter((line) => !line.orderable)
  if (gone.length > 0) return gone.map(({ id, offer }) => notForSale(id, offer.title))
  const short = pricing.lines.flatMap(({ offer, quantity }) => shortage(offer, quantity, ['cartId']) ?? [])
  if (short.length > 0) return short
  const { total } = pricing
  const agreed = expectedTotal.currency === total.currency && expectedTotal.minor === total.minor
  return agreed ? [] : [priceChanged(expectedTotal, total)]
}

function notForSale(lineId: string, title: string | null): ValidationError {
  return validationError(
    `the line "${lineId}" (${title ?? 'unknown'}) is no longer for sale: remove it first`,
    ['cartId'],
  )
}

function priceChanged(expected: Money, current: Money): PriceChangedError {
  const text = (amount: Money) => Object.values(formatMoney(amount)).join(' ')
  const message = `expectedTotal is ${text(expected)}, but the total now is ${text(current)}`
  return { __typename: 'PriceChangedError', message, path: ['expectedTotal'], currentTotal: current }
}

function snapshot(
  lines: readonly PricedLine[],
  discount: Money,
  newId: (prefix: string) => string,
): NewOrderLine[] {
  const weights = lines.map(({ lineTotal }) => lineTotal.minor)
  const shares = allocate(discount, weights)
  return lines.map(({ offer, quantity, unitPrice }, index) => ({
    id: newId('oln'),
    position: index + 1,
    variantId: offer.variantId,
    // An orderable line's variant is known with all of these: see priceLine and the read model's constraints.
    productId: offer.productId ?? '',
    sku: offer.sku ?? '',
    title: offer.title ?? '',
    unitMinor: unitPrice.minor,
    quantity,
    discountMinor: (shares[index] ?? money(0n, discount.currency)).minor,
  }))
}

/** Where an order is to go, as the customer says it. */
export type Destination = {
  readonly shippingAddressId: string
  /** The version of the address that the customer saw; undefined where the client does not say. */
  readonly shippingAddressVersion?: number
}

/** Holds the copy of an address against what the customer saw of it. */
export function readAddress(
  known: KnownAddress | null,
  { shippingAddressId, shippingAddressVersion }: Destination,
): Decision<Address, PlaceOrderError> {
  if (shippingAddressVersion !== undefined && (known?.version ?? 0) < shippingAddressVersion)
    return refuse(addressPending(shippingAddressId, shippingAddressVersion))
  if (!known || known.removed)
    return refuse(notFound('address of yours', shippingAddressId, ['shippingAddressId']))
  if (shippingAddressVersion !== undefined && known.version !== shippingAddressVersion) {
    const conflict = versionConflict(shippingAddressVersion, known.version)
    const message = conflict.message.replace('expectedVersion', 'shippingAddressVersion')
    return refuse({ ...conflict, message, path: ['shippingAddressVersion'] })
  }
  return accept(known)
}

function addressPending(id: string, version: number): ShippingAddressPendingError {
  const message = `version ${version} of the address "${id}" has not arrived at checkout: nothing was ordered, send the same request again in a moment`
  return { __typename: 'ShippingAddressPendingError', message, path: ['shippingAddressVersion'] }
}

/** Whose order it is decides who may see it; staff may see all. */
export function mayRead({ customerId }: { customerId: string }, viewer: Viewer): boolean {
  return isSelf(viewer, customerId) || hasScope(viewer, 'orders:read')
}
