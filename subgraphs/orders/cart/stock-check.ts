import type { UserError } from '@argyle/kit/user-errors'
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
