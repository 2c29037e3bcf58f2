import { cycle } from '../random/cycle.ts'

/**
 * One person's shopping: each string an order, each letter a line of it.
 *   R  a product bought for the first time and reviewed later
 *   n  a product bought for the first time, not reviewed
 *   a  a product of an earlier order, bought again
 *   !  (in front) an order that was cancelled
 * `hearsay` counts reviews of products that this person never bought: no verified purchase.
 */
export type Shopping = { readonly orders: readonly string[]; readonly hearsay: number }

/**
 * Twenty people, repeated for as many people as the shop has. At most 12 different products each, so that the table also
 * fits the tiny shop. The first is the demo customer's place, the next four are the staff's.
 */
export const COHORT: readonly Shopping[] = [
  { orders: ['RRn', 'Ra', 'RR', '!n'], hearsay: 1 },
  { orders: [], hearsay: 0 },
  { orders: [], hearsay: 0 },
  { orders: [], hearsay: 0 },
  { orders: [], hearsay: 0 },
  { orders: ['RRR', 'RaR', 'nR', 'aR', 'RR'], hearsay: 1 },
  { orders: ['R', 'RR', 'Ra'], hearsay: 1 },
  { orders: ['RRRR', 'RRa', 'Rn'], hearsay: 2 },
  { orders: ['RR', 'RRn', 'aRa', 'RR', '!a'], hearsay: 1 },
  { orders: ['Rn', 'RRR', 'aR'], hearsay: 1 },
  { orders: ['RRR', 'Rna', 'RR', 'aa', 'RRR'], hearsay: 1 },
  { orders: ['RR', 'Ra', 'RRn'], hearsay: 0 },
  { orders: ['RRn', 'RR', 'aRR'], hearsay: 2 },
  { orders: ['R', 'Rn', 'RRa', 'R', 'aR'], hearsay: 1 },
  { orders: ['RRRR', 'nRa', 'RR'], hearsay: 1 },
  { orders: ['RR', 'R', 'aRR', '!n', 'RRn', 'aR'], hearsay: 0 },
  { orders: ['RRR', 'RRn', 'aa'], hearsay: 1 },
  { orders: ['Rn', 'RRR', 'RaR', 'RR'], hearsay: 2 },
  { orders: ['nR', 'RR', 'aR', 'RRR'], hearsay: 0 },
  { orders: ['RRn', 'RR', 'RaR', 'R', 'aRa'], hearsay: 1 },
]

const count = (letters: string, letter: string): number => letters.split(letter).length - 1

export const ordersOfUser = cycle(COHORT.map(({ orders }) => orders.length))

/** The number of one person's reviews: of bought products first, in the order of buying, then hearsay. */
export const reviewsOfUser = cycle(COHORT.map(({ orders, hearsay }) => count(orders.join(''), 'R') + hearsay))

export function shoppingOf(user: number): Shopping {
  const shopping = COHORT[user % COHORT.length]
  if (!shopping) throw new Error(`User ${user} has no place in the cohort.`)
  return shopping
}
