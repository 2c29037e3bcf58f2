import type { Facts, ReturnRow } from './order-facts.ts'
import { type Violation, violation } from './violation.ts'

/** Invariant 7: orders and shipping agree whether a return is refunded, and how often its refund failed afterwards. */
export function returnViolations({ returns }: Pick<Facts, 'returns'>): Violation[] {
  return returns
    .filter(({ inOrders, inShipping }) => shown(inOrders) !== shown(inShipping))
    .map(({ id, orderId, inOrders, inShipping }) =>
      violation(7, orderId, `${id} is ${shown(inOrders)} in orders, ${shown(inShipping)} in shipping`),
    )
}

function shown(state: ReturnRow['inOrders']): string {
  if (state === null) return 'not received'
  return `${state.isRefunded ? 'REFUNDED' : 'RECEIVED'} after ${state.reversals} failed refunds`
}
