import { aSagaOrder } from '../../testing/a-saga-order.ts'
import type { Answer } from '../inputs.ts'

/** Two lines at 4 and 6, each in its own parcel, and 2 for shipping. */
export const MODEL_ORDER = aSagaOrder()
const LINES = ['oln_1', 'oln_2'] as const
const VARIANTS = ['var_1', 'var_2'] as const

/** Converts a message of the model to the saga's input. */
export function answerOf([kind = '', first = '', ...rest]: string[]): Answer {
  const shipmentId = `shp_${first}`
  const about = { shipmentId, parcelCount: 2 }
  const index = Number(first)
  const line = { orderLineId: LINES[index] ?? '', quantity: 1 }
  switch (kind) {
    case 'captured':
      return { type: 'PaymentCaptured', capturedMinor: MODEL_ORDER.totalMinor }
    case 'created':
      return { type: 'ShipmentCreated', ...about }
    case 'dispatched':
      return { type: 'ShipmentDispatched', ...about }
    case 'delivered':
      return { type: 'ShipmentDelivered', ...about }
    case 'failed':
      return { type: 'ShipmentFailed', ...about, lines: [line] }
    case 'cancelled':
      return { type: 'ShippingCancelled' }
    case 'refused':
      return { type: 'ShippingCancelRefused', shipmentId }
    case 'returned': {
      const lines = [{ ...line, variantId: VARIANTS[index] ?? '', warehouseId: null, restock: true }]
      return { type: 'ReturnReceived', returnId: `ret_${first}`, lines }
    }
    case 'restocked':
      return { type: 'StockRestocked', restockId: first }
    case 'failed-refund':
      return { type: 'RefundFailed', refundId: first, code: 'exceeds', message: 'too much' }
    default: {
      const [amount = '0', total = '0'] = rest
      return {
        type: 'PaymentRefunded',
        refundId: first,
        amountMinor: BigInt(amount),
        refundedMinor: BigInt(total),
      }
    }
  }
}
