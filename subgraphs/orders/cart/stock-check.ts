import type { UserError } from '@argyle/kit/user-errors'
import type { KnownShortage } from './cart.ts'
import type { Offer } from './pricing.ts'

export type InsufficientStockError = UserError & {
  readonly __typename: 'InsufficientStockError'
  readonly availableQuantity: number
}

/** The largest quantity that inventory publishes: it means "at least this many". */
const PUBLIC_CAP = 20

/**
 * Whether the availability copy already shows too little stock of a variant. It is a cheap early refusal;
 * inventory's answer to the reservation decides.
 */
export function shortage(offer: Offer, quantity: number, path: string[]): InsufficientStockError | null {
  const { available, title, variantId } = offer
  if (available === null || available >= PUBLIC_CAP || quantity <= available) return null
  const message = `${quantity} of ${title ?? variantId} requested: allowed is at most ${available}, the available quantity`
  return { __typename: 'InsufficientStockError', message, path, availableQuantity: available }
}

/**
 * The available quantity of a line if it is less than the line's quantity; null if there is enough as far as
 * is known. Inventory's refusal may arrive before its availability event, so the refusal counts until a newer
 * event arrives.
 */
export function shortOf(offer: Offer, quantity: number, refused: KnownShortage | null): number | null {
  const { available, availabilitySequence } = offer
  const isCurrent = refused !== null && refused.sequence === (availabilitySequence ?? 0)
  const isExact = available !== null && available < PUBLIC_CAP
  const free = isCurrent ? refused.available : isExact ? available : null
  return free !== null && free < quantity ? free : null
}
