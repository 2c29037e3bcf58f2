import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { Currency } from '@argyle/kit/money'
import { type ValidationError, validationError } from '@argyle/kit/user-errors'
import { type Cart, type CartLine, MAX_LINES, MAX_UNITS } from './cart.ts'
import type { Offer } from './pricing.ts'

type Options = {
  /** The offers of the variants of the cart that is merged, in the currency of the result. */
  readonly offers: ReadonlyMap<string, Offer>
  readonly newLineId: () => string
}

/**
 * The lines of two carts. Quantities of one variant add up, to at most 99, unless the variant is no longer
 * for sale.
 */
function joined(own: Cart, other: Cart, { offers, newLineId }: Options): CartLine[] {
  const currency = mergedCurrency(own, other)
  const lines = new Map(own.lines.map((line) => [line.variantId, line]))
  let position = own.lines.at(-1)?.position ?? 0
  for (const line of other.lines) {
    const mine = lines.get(line.variantId)
    const offer = offers.get(line.variantId)
    if (mine) {
      const isForSale = offer?.listed === true && offer.priceMinor !== null
      const together = isForSale ? mine.quantity + line.quantity : Math.max(mine.quantity, line.quantity)
      lines.set(line.variantId, { ...mine, quantity: Math.min(together, MAX_UNITS) })
      continue
    }
    const current = offer?.priceMinor ?? line.seenMinor
    const seenMinor = other.currency === currency ? line.seenMinor : current
    lines.set(line.variantId, { ...line, id: newLineId(), seenMinor, position: ++position })
  }
  return [...lines.values()]
}

/**
 * The customer's own cart with the merged lines. Its coupon and currency stay, unless it has no coupon or no
 * lines that fix the currency; then the other cart's apply.
 */
function withJoined(own: Cart, other: Cart, lines: readonly CartLine[]): Cart {
  return { ...own, currency: mergedCurrency(own, other), couponId: own.couponId ?? other.couponId, lines }
}

/** Merges a guest cart into a customer's own. */
export function merge(own: Cart, guest: Cart, options: Options): Decision<Cart, ValidationError> {
  const lines = joined(own, guest, options)
  if (lines.length > MAX_LINES) {
    const message = `the carts have ${lines.length} different variants together: allowed is at most ${MAX_LINES}`
    return refuse(validationError(message, ['cartId']))
  }
  return accept(withJoined(own, guest, lines))
}

/** Available units of each variant whose quantity in an order was too large. */
export type Shortage = { readonly variantId: string; readonly availableQuantity: number }

/**
 * Returns the lines of an order that the shop cancelled to the customer's own cart, and marks those that were
 * short. A cart that has lines already keeps them, and takes as many of the order's as it has room for.
 */
export function giveBack(own: Cart, spent: Cart, shortages: readonly Shortage[], options: Options): Cart {
  const lines = joined(own, spent, options).slice(0, MAX_LINES)
  return withJoined(own, spent, withShortages(lines, shortages, options.offers))
}

/** Marks the lines that were short. */
export function withShortages(
  lines: readonly CartLine[],
  shortages: readonly Shortage[],
  offers: ReadonlyMap<string, Offer>,
): CartLine[] {
  const free = new Map(shortages.map(({ variantId, availableQuantity }) => [variantId, availableQuantity]))
  return lines.map((line) => {
    const available = free.get(line.variantId)
    if (available === undefined) return line
    const sequence = offers.get(line.variantId)?.availabilitySequence ?? 0
    return { ...line, shortage: { available, sequence } }
  })
}

/** The currency of the merged cart. */
export function mergedCurrency(own: Cart, other: Cart): Currency {
  return own.lines.length > 0 ? own.currency : other.currency
}
