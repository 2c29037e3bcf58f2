import type { UserError } from '@argyle/kit/user-errors'
import type { KnownShortage } from './cart.ts'
import type { Offer } from './pricing.ts'

export type InsufficientStockError = UserError & {
  readonly __typename: 'InsufficientStockError'
  readonly availableQuantity: number
}

/** Inventory tells the public at most this many units: a value at the cap says only "at least so many". */
const PUBLIC_CAP = 20

/**
 * Whether the read model already knows that there is too little of a variant. A cheap early refusal: what holds is
 * inventory's own answer to the reservation.
 */
export function shortage(offer: Offer, quantity: number, path: string[]): InsufficientStockError | null {
  const { available, title, variantId } = offer
  if (available === null || available >= PUBLIC_CAP || quantity <= available) return null
  const message = `${quantity} of ${title ?? variantId} asked for: allowed is at most ${available}, which is what is free now`
  return { __typename: 'InsufficientStockError', message, path, availableQuantity: available }
}

/**
 * How many units of a line can be had where they are fewer than its quantity; null where there are enough, as far as is known.
 * Inventory's refusal may arrive before the event that says the same, so it counts until the read model hears something new.
 */
export function shortOf(offer: Offer, quantity: number, refused: KnownShortage | null): number | null {
  const { available, availabilitySequence } = offer
  const isCurrent = refused !== null && refused.sequence === (availabilitySequence ?? 0)
  const isExact = available !== null && available < PUBLIC_CAP
  const free = isCurrent ? refused.available : isExact ? available : null
  return free !== null && free < quantity ? free : null
}
