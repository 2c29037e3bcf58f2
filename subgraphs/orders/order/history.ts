import type { OrderStatusChange } from '../generated/prisma/client.ts'
import type { OrderStatus } from '../generated/prisma/enums.ts'
import type { StepRow } from './order-reads.ts'

/** Steps of orders that were placed before steps were recorded. */
const PLAIN: Record<OrderStatus, string> = {
  PENDING: 'The order is placed. Its stock is being reserved.',
  AWAITING_PAYMENT: 'Stock is reserved. The payment is being authorized.',
  CONFIRMED: 'The stock is allocated.',
  FULFILLING: 'The order is being packed.',
  SHIPPED: 'A parcel was shipped.',
  DELIVERED: 'The order was delivered.',
  CANCELLING: 'The order is being cancelled.',
  CANCELLED: 'The order is cancelled. No stock is reserved and no refund is due.',
  REFUNDED: 'All units were refunded.',
}

/**
 * The steps from one change of status to the next. A version without a change of status, such as that of `payOrder`, belongs to the change
 * before it. A change older than the recording of steps gets one generic step.
 */
export function stepsIn(
  change: OrderStatusChange,
  history: readonly OrderStatusChange[],
  steps: readonly StepRow[],
): StepRow[] {
  const { orderId, version, at, actor, to } = change
  const next = Math.min(...history.map((other) => other.version).filter((other) => other > version))
  const own = steps.filter((step) => step.version >= version && step.version < next)
  return own.length > 0 ? own : [{ orderId, version, at, actor, text: PLAIN[to] }]
}
