import type { Envelope } from '@argyle/kit/envelope'
import { CURRENCIES } from '@argyle/kit/money'
import { z } from 'zod'
import type { Answer } from './inputs.ts'

/** An answer and the id of its order. */
export type OrderAnswer = { readonly orderId: string; readonly input: Answer }

/** Parses a message. @throws ZodError for malformed data */
type Reader = (message: Envelope) => OrderAnswer

function reader<Data extends { orderId: string }>(
  schema: z.ZodType<Data>,
  inputOf: (data: Data) => Answer,
): Reader {
  return ({ data }) => {
    const read = schema.parse(data)
    return { orderId: read.orderId, input: inputOf(read) }
  }
}

const order = z.object({ orderId: z.string() })
const money = z.object({ amountMinor: z.string().regex(/^\d{1,18}$/), currencyCode: z.enum(CURRENCIES) })
const quantity = z.int().min(0)

const shortages = z.array(z.object({ variantId: z.string(), availableQuantity: quantity })).default([])
const allocation = z.object({
  warehouseId: z.string(),
  warehouseCode: z.string(),
  variantId: z.string(),
  quantity: z.int().min(1),
})

/** Answers of inventory. */
export const STOCK_ANSWERS: Readonly<Record<string, Reader>> = {
  'inventory.stock.reserved': reader(order.extend({ reservationId: z.string() }), ({ reservationId }) => ({
    type: 'StockReserved',
    reservationId,
  })),
  'inventory.stock.rejected': reader(order.extend({ shortages }), (data) => ({
    type: 'StockRejected',
    shortages: data.shortages,
  })),
  'inventory.stock.committed': reader(
    order.extend({ allocations: z.array(allocation).default([]) }),
    ({ allocations }) => ({ type: 'StockCommitted', allocations }),
  ),
  'inventory.stock.released': reader(order, () => ({ type: 'StockReleased' })),
  'inventory.stock.restocked': reader(
    order.extend({ restockId: z.string().nullish() }),
    ({ restockId = null }) => ({ type: 'StockRestocked', restockId }),
  ),
  'inventory.reservation.expired': reader(order, () => ({ type: 'ReservationExpired' })),
}

const failure = order.extend({ code: z.string(), message: z.string() })
const refund = order.extend({
  refundId: z.string(),
  amount: money,
  refundedTotal: money,
  // Absent in messages of earlier versions.
  reversedTotal: money.nullish(),
})

const totalsOf = ({ refundedTotal, reversedTotal }: z.output<typeof refund>) => ({
  refundedMinor: BigInt(refundedTotal.amountMinor),
  reversedMinor: BigInt(reversedTotal?.amountMinor ?? 0),
})

/** Answers of payments, and its notifications of refunds by staff. */
export const PAYMENT_ANSWERS: Readonly<Record<string, Reader>> = {
  'payments.payment.authorized': reader(order, () => ({ type: 'PaymentAuthorized' })),
  'payments.payment.declined': reader(failure, ({ code, message }) => ({
    type: 'PaymentDeclined',
    code,
    message,
  })),
  'payments.payment.action_required': reader(
    order.extend({ expiresAt: z.iso.datetime().nullish() }),
    ({ expiresAt = null }) => ({ type: 'ActionRequired', expiresAt }),
  ),
  'payments.payment.captured': reader(order.extend({ capturedTotal: money }), ({ capturedTotal }) => ({
    type: 'PaymentCaptured',
    capturedMinor: BigInt(capturedTotal.amountMinor),
  })),
  'payments.payment.capture_failed': reader(failure, ({ code, message }) => ({
    type: 'CaptureFailed',
    code,
    message,
  })),
  'payments.payment.voided': reader(order, () => ({ type: 'PaymentVoided' })),
  'payments.payment.refunded': reader(refund, (data) => ({
    type: 'PaymentRefunded',
    refundId: data.refundId,
    amountMinor: BigInt(data.amount.amountMinor),
    ...totalsOf(data),
  })),
  'payments.refund.reversed': reader(refund.extend({ code: z.string(), message: z.string() }), (data) => ({
    type: 'RefundReversed',
    refundId: data.refundId,
    amountMinor: BigInt(data.amount.amountMinor),
    ...totalsOf(data),
    code: data.code,
    message: data.message,
  })),
  'payments.refund.failed': reader(
    failure.extend({ refundId: z.string() }),
    ({ refundId, code, message }) => ({ type: 'RefundFailed', refundId, code, message }),
  ),
}

const shipment = order.extend({ shipmentId: z.string(), parcelCount: z.int().min(1) })
const unit = z.object({ orderLineId: z.string(), quantity: z.int().min(1) })
const returned = unit.extend({
  variantId: z.string(),
  restock: z.boolean(),
  warehouseId: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
})

/** Notifications of shipping about parcels and returns. */
export const SHIPPING_ANSWERS: Readonly<Record<string, Reader>> = {
  'shipping.shipment.created': reader(shipment, ({ shipmentId, parcelCount }) => ({
    type: 'ShipmentCreated',
    shipmentId,
    parcelCount,
  })),
  'shipping.shipment.dispatched': reader(shipment, ({ shipmentId, parcelCount }) => ({
    type: 'ShipmentDispatched',
    shipmentId,
    parcelCount,
  })),
  'shipping.shipment.delivered': reader(shipment, ({ shipmentId, parcelCount }) => ({
    type: 'ShipmentDelivered',
    shipmentId,
    parcelCount,
  })),
  'shipping.shipment.failed': reader(
    shipment.extend({ lines: z.array(unit) }),
    ({ shipmentId, parcelCount, lines }) => ({ type: 'ShipmentFailed', shipmentId, parcelCount, lines }),
  ),
  'shipping.order.cancelled': reader(order, () => ({ type: 'ShippingCancelled' })),
  'shipping.order.cancel_refused': reader(order.extend({ shipmentId: z.string() }), ({ shipmentId }) => ({
    type: 'ShippingCancelRefused',
    shipmentId,
  })),
  'shipping.return.received': reader(
    order.extend({ returnId: z.string(), lines: z.array(returned) }),
    ({ returnId, lines }) => ({ type: 'ReturnReceived', returnId, lines }),
  ),
}
