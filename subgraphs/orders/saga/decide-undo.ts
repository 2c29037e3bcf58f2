// Tested in saga.test.ts: the test passes orders through the saga.

import { onRefund } from './decide-refund.ts'
import type { News } from './inputs.ts'
import type { SagaOrder, Stage, Undo } from './saga.ts'
import type { SagaEvent } from './saga-events.ts'
import { withRefunded } from './sale.ts'

type Undoing = Extract<Stage, { step: 'UNDOING' }>
type Cancelled = Extract<Stage, { status: 'CANCELLED' }>

/** Restock id of a cancelled order. Restocks of returns have the ids of the returns. */
export const CANCEL_RESTOCK = 'cancel'

const NOTHING: readonly SagaEvent[] = []

/** The remaining compensation after stock or payment is settled; null if none. */
function without({ stock, payment }: Undo, part: 'stock' | 'payment'): Undo | null {
  if (part === 'stock') return payment === null ? null : { stock: null, payment }
  return stock === null ? null : { stock, payment: null }
}

function progress(stage: Undoing, part: 'stock' | 'payment'): readonly SagaEvent[] {
  const undo = without(stage.undo, part)
  return undo ? [{ type: 'UndoProgressed', undo }] : [{ type: 'OrderCancelled', reason: stage.cancelReason }]
}

/** Waits for stock and payment. The order is cancelled when the second of them is settled. */
export function whileUndoing(
  { id, totalMinor }: SagaOrder,
  stage: Undoing,
  input: News,
): readonly SagaEvent[] {
  const { undo, sale } = stage
  switch (input.type) {
    case 'StockReleased':
    // Inventory has no units reserved for the order. The release under way closes the order there for good.
    case 'StockRejected':
    case 'ReservationExpired':
      return undo.stock === 'RELEASE' ? progress(stage, 'stock') : NOTHING
    case 'StockRestocked':
      return undo.stock === 'RESTOCK' && (input.restockId ?? CANCEL_RESTOCK) === CANCEL_RESTOCK
        ? progress(stage, 'stock')
        : NOTHING
    case 'PaymentVoided':
    case 'PaymentDeclined':
    case 'CaptureFailed':
      return undo.payment === 'VOID' ? progress(stage, 'payment') : NOTHING
    case 'PaymentCaptured': {
      if (undo.payment !== 'VOID') return NOTHING
      const { capturedMinor } = input
      return [{ type: 'VoidCameTooLate', undo: { stock: 'RESTOCK', payment: 'REFUND' }, capturedMinor }]
    }
    case 'PaymentRefunded': {
      // A parcel that failed during the recall has a refund of its own.
      const noted = onRefund(sale, input)
      const { refundedMinor } = withRefunded(sale, input)
      // This message overtook the one of the capture. The rest, if any, is refunded.
      if (undo.payment === 'VOID') {
        const payment = refundedMinor < totalMinor ? 'REFUND' : null
        const late = { stock: 'RESTOCK', payment } as const
        // The refund is noted first, so that the command asks for the rest only.
        return [...noted, { type: 'VoidCameTooLate', undo: late, capturedMinor: totalMinor }]
      }
      if (undo.payment === null) return noted
      if (refundedMinor >= sale.capturedMinor) return [...noted, ...progress(stage, 'payment')]
      // Another refund failed after it had succeeded. A refund id is used once, and a further attempt would
      // fail like that one.
      const isOurs = input.refundId === refundOf(id, stage.refundTry)
      return isOurs ? [...noted, { type: 'RestLeftToStaff' }] : noted
    }
    case 'RefundFailed': {
      const isOurs = undo.payment === 'REFUND' && input.refundId === refundOf(id, stage.refundTry)
      return isOurs
        ? [{ type: 'RefundRefused', claimId: null, code: input.code, message: input.message }]
        : onRefund(sale, input)
    }
    default:
      return NOTHING
  }
}

/** The id of a refund attempt of a cancelled order. */
export function refundOf(orderId: string, attempt: number): string {
  return `${orderId}:cancel${attempt === 1 ? '' : `:${attempt}`}`
}

/** Decides on a cancelled order. A command that was sent twice may be executed after the cancellation. */
export function onceCancelled(
  { paymentMethodId }: SagaOrder,
  { sale }: Cancelled,
  input: News,
): readonly SagaEvent[] {
  switch (input.type) {
    case 'StockReserved':
      return [{ type: 'StrayHoldFound' }]
    case 'PaymentAuthorized':
    case 'ActionRequired':
      return paymentMethodId === null || sale.capturedMinor > 0n ? NOTHING : [{ type: 'StrayPaymentFound' }]
    case 'PaymentRefunded':
    case 'RefundFailed':
      return onRefund(sale, input)
    default:
      return NOTHING
  }
}
