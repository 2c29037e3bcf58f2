import { type OrderRow, ordersBy } from '../orders/order.ts'
import { type Plan, usersOf } from '../plan.ts'
import { type Life, life } from './life.ts'

/** Every person's life, each computed once. */
export function* lives(plan: Plan): Generator<{ user: number; lived: Life }> {
  const count = usersOf(plan.size)
  for (let user = 0; user < count; user++) yield { user, lived: life(plan, user) }
}

/** All orders, customer by customer, not by time. */
export function* ordersByCustomer(plan: Plan): Generator<OrderRow> {
  for (const { user, lived } of lives(plan)) yield* ordersBy(plan, user, lived)
}
