import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { Currency } from '@argyle/kit/money'
import { notFound, type ValidationError, validationError } from '@argyle/kit/user-errors'
import type { Offer, OfferedLine } from './pricing.ts'
import { type InsufficientStockError, shortage } from './stock-check.ts'

/** Units of one line of a cart. */
export const MAX_UNITS = 99
/** Lines of a cart. */
export const MAX_LINES = 100

/** The available quantity that inventory reported, and the sequence of the availability copy at that time. */
export type KnownShortage = { readonly available: number; readonly sequence: number }

export type CartLine = {
  readonly id: string
  readonly variantId: string
  /** Integer, 1 to 99. */
  readonly quantity: number
  /** The unit price that the customer last acknowledged, in minor units of the cart's currency. */
  readonly seenMinor: bigint
  /** Set on a line that was returned from an order because inventory rejected its quantity. */
  readonly shortage: KnownShortage | null
  /** Ordinal of the line: lines added later have greater numbers. */
  readonly position: number
}

export type CartHead = {
  readonly id: string
  /** Null for a guest cart, which everybody who knows its id may use. */
  readonly customerId: string | null
  readonly state: 'OPEN' | 'ORDERED' | 'CLAIMED'
  readonly currency: Currency
  readonly version: number
  readonly couponId: string | null
  readonly expiresAt: Date
  /** The customer who claimed this guest cart. */
  readonly claimedBy: string | null
}

export type Cart = CartHead & { readonly lines: readonly CartLine[] }

type Refusal = ValidationError | InsufficientStockError

/** The price of a variant that is for sale; null if it is not. */
function priceOf(offer: Offer): bigint | null {
  return offer.listed ? offer.priceMinor : null
}

/** Adds units of a variant to its line, or to a new line. The current price counts as acknowledged. */
export function addLine(
  cart: Cart,
  { offer, quantity, newLineId }: { offer: Offer; quantity: number; newLineId: string },
): Decision<Cart, Refusal> {
  const seenMinor = priceOf(offer)
  if (seenMinor === null) return refuse(notFound('variant for sale', offer.variantId, ['variantId']))
  const line = cart.lines.find(({ variantId }) => variantId === offer.variantId)
  if (!line && cart.lines.length >= MAX_LINES) {
    return refuse(validationError(`the cart has ${MAX_LINES} lines: allowed is at most ${MAX_LINES}`))
  }
  const units = quantity + (line?.quantity ?? 0)
  const fault = tooMany(offer, units)
  if (fault) return refuse(fault)
  if (line) return accept(withLine(cart, { ...line, quantity: units, seenMinor, shortage: null }))
  const position = (cart.lines.at(-1)?.position ?? 0) + 1
  const added = {
    id: newLineId,
    variantId: offer.variantId,
    quantity,
    seenMinor,
    shortage: null,
    position,
  }
  return accept({ ...cart, lines: [...cart.lines, added] })
}

function tooMany(offer: Offer, units: number): Refusal | null {
  if (units <= MAX_UNITS) return shortage(offer, units, ['quantity'])
  return validationError(`the line would have ${units} units: allowed is at most ${MAX_UNITS}`, ['quantity'])
}

function withLine(cart: Cart, changed: CartLine): Cart {
  return { ...cart, lines: cart.lines.map((line) => (line.id === changed.id ? changed : line)) }
}

/**
 * Sets the quantity of a line; 0 removes it. Reducing the quantity of a variant no longer for sale is
 * allowed.
 */
export function setQuantity(
  cart: Cart,
  { lineId, quantity, offer }: { lineId: string; quantity: number; offer: Offer | null },
): Decision<Cart, Refusal> {
  const line = cart.lines.find(({ id }) => id === lineId)
  if (!line || !offer) return refuse(notFound('line in this cart', lineId, ['lineId']))
  if (quantity === 0) return removeLine(cart, lineId)
  const isMore = quantity > line.quantity
  if (isMore && priceOf(offer) === null) {
    const message = `quantity is ${quantity}, but the line is no longer for sale: allowed is at most ${line.quantity}, which it has`
    return refuse(validationError(message, ['quantity']))
  }
  const fault = isMore ? tooMany(offer, quantity) : null
  if (fault) return refuse(fault)
  const seenMinor = priceOf(offer) ?? line.seenMinor
  const isSame = quantity === line.quantity && seenMinor === line.seenMinor
  return accept(
    isSame ? cart : withLine(cart, { ...line, quantity, seenMinor, shortage: isMore ? null : line.shortage }),
  )
}

export function removeLine(cart: Cart, lineId: string): Decision<Cart, ValidationError> {
  const lines = cart.lines.filter(({ id }) => id !== lineId)
  if (lines.length === cart.lines.length) return refuse(notFound('line in this cart', lineId, ['lineId']))
  return accept({ ...cart, lines })
}

/** The cart without its lines. An empty cart is returned as the same object. */
export function clear(cart: Cart): Cart {
  return cart.lines.length === 0 && cart.couponId === null ? cart : { ...cart, lines: [], couponId: null }
}

export function withoutCoupon(cart: Cart): Cart {
  return cart.couponId === null ? cart : { ...cart, couponId: null }
}

/** Acknowledges all current prices. Without a changed price it returns the same object. */
export function acknowledgePrices(cart: Cart, offered: readonly OfferedLine[]): Cart {
  const prices = new Map(offered.map(({ id, offer }) => [id, offer.priceMinor]))
  const lines = cart.lines.map((line) => {
    const seenMinor = prices.get(line.id) ?? line.seenMinor
    return seenMinor === line.seenMinor ? line : { ...line, seenMinor }
  })
  return lines.every((line, index) => line === cart.lines[index]) ? cart : { ...cart, lines }
}

/**
 * The currency of a cart when a line is added. An empty cart takes the requested one; a cart with lines keeps
 * its own, in which their prices were seen.
 */
export function inCurrency(cart: Cart, wanted: Currency | null): Decision<Cart, ValidationError> {
  if (wanted === null || wanted === cart.currency) return accept(cart)
  if (cart.lines.length === 0) return accept({ ...cart, currency: wanted })
  const message = `currencyCode is ${wanted}, but the cart has lines in ${cart.currency}: allowed is ${cart.currency}, or clearCart first`
  return refuse(validationError(message, ['currencyCode']))
}
