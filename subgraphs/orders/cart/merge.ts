import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { Currency } from '@argyle/kit/money'
import { type ValidationError, validationError } from '@argyle/kit/user-errors'
import { type Cart, type CartLine, MOST_LINES, MOST_UNITS } from './cart.ts'
import type { Offer } from './pricing.ts'

type Options = {
  /** What the shop says of the variants of the cart that joins, in the currency of the outcome. */
  readonly offers: ReadonlyMap<string, Offer>
  readonly newLineId: () => string
}

/** The lines of two carts. Units of one variant add up, to 99 at most; of one that is no longer for sale they do not. */
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
      lines.set(line.variantId, { ...mine, quantity: Math.min(together, MOST_UNITS) })
      continue
    }
    const current = offer?.priceMinor ?? line.seenMinor
    const seenMinor = other.currency === currency ? line.seenMinor : current
    lines.set(line.variantId, { ...line, id: newLineId(), seenMinor, position: ++position })
  }
  return [...lines.values()]
}

/** The own cart's coupon and currency win, unless it has none of the one or no lines to hold it to the other. */
function withJoined(own: Cart, other: Cart, lines: readonly CartLine[]): Cart {
  return { ...own, currency: mergedCurrency(own, other), couponId: own.couponId ?? other.couponId, lines }
}

/** Takes the lines of a guest cart into a customer's own. */
export function merge(own: Cart, guest: Cart, options: Options): Decision<Cart, ValidationError> {
  const lines = joined(own, guest, options)
  if (lines.length > MOST_LINES) {
    const message = `the carts have ${lines.length} different variants together: allowed is at most ${MOST_LINES}`
    return refuse(validationError(message, ['cartId']))
  }
  return accept(withJoined(own, guest, lines))
}

/** The units that were free of each variant that an order asked too much of. */
export type Shortage = { readonly variantId: string; readonly availableQuantity: number }

/**
 * Gives the lines of an order that the shop cancelled back to the customer's own cart, those that were short marked. A cart
 * that was begun meanwhile keeps its lines, and takes as many of them as it has room for.
 */
export function giveBack(own: Cart, spent: Cart, shortages: readonly Shortage[], options: Options): Cart {
  const lines = joined(own, spent, options).slice(0, MOST_LINES)
  return withJoined(own, spent, withShortages(lines, shortages, options.offers))
}

/** Lines of a cart, those that were short marked. */
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

/** The currency of two carts made one. */
export function mergedCurrency(own: Cart, other: Cart): Currency {
  return own.lines.length > 0 ? own.currency : other.currency
}
