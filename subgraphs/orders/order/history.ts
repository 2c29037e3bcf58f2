import type { OrderStatusChange } from '../generated/prisma/client.ts'
import type { OrderStatus } from '../generated/prisma/enums.ts'
import type { StepRow } from './order-reads.ts'

/** For orders placed before steps were recorded. */
const PLAIN: Record<OrderStatus, string> = {
  PENDING: 'The order is placed; its stock is being reserved.',
  AWAITING_PAYMENT: 'Stock is held; the payment is being authorized.',
  CONFIRMED: 'The stock is taken.',
  FULFILLING: 'The order is being packed.',
  SHIPPED: 'A parcel left.',
  DELIVERED: 'The order arrived.',
  CANCELLING: 'The order is being cancelled.',
  CANCELLED: 'The order is cancelled. Nothing is held or owed.',
  REFUNDED: 'Everything was returned and refunded.',
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
