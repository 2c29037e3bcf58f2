import { orderNumber } from '@argyle/orders/order/order-number'
import type { Plan } from '../plan.ts'

/** Odd, so that multiplication modulo 2^35 maps every order to another number. */
const STRIDE = 22_801_763_489n

/** The number of the n-th order. */
export function seedOrderNumber(plan: Plan, index: number): string {
  return orderNumber((BigInt(index) * STRIDE + BigInt(plan.seed) * 1_000_003n) % (1n << 35n))
}
