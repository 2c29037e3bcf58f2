import { ordersOfUser } from '../customers/cohort.ts'
import { HOUR, type Plan, SHOP_AGE, type Size, usersOf } from '../plan.ts'
import { type Shuffle, shuffle } from '../random/shuffle.ts'

/** An order's rank among all orders by time (0 is the oldest), and when it was placed. */
export type OrderTime = { readonly index: number; readonly placedAt: number }

export function ordersOf(size: Size): number {
  return ordersOfUser.totalOf(usersOf(size))
}

const SCATTER: Record<Size, Shuffle> = {
  tiny: shuffle(ordersOf('tiny'), 5),
  demo: shuffle(ordersOf('demo'), 5),
  large: shuffle(ordersOf('large'), 5),
}

/** One customer's orders, oldest first. */
export function orderTimes(plan: Plan, user: number): readonly OrderTime[] {
  const first = ordersOfUser.firstOf(user)
  return Array.from({ length: ordersOfUser.countOf(user) }, (_, place) =>
    SCATTER[plan.size].to(first + place),
  )
    .sort((left, right) => left - right)
    .map((index) => ({ index, placedAt: placedAt(plan, index) }))
}

export function customerOfOrder(plan: Plan, index: number): number {
  return ordersOfUser.placeOf(SCATTER[plan.size].from(index)).member
}

/** Orders become more frequent as the shop grows: the n-th of N is at (n/N)^0.7 of the shop's age. */
export function placedAt(plan: Plan, index: number): number {
  const share = ((index + 0.5) / ordersOf(plan.size)) ** 0.7
  return Math.floor(plan.today - SHOP_AGE + share * (SHOP_AGE - 2 * HOUR))
}
