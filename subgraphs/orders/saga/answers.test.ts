import type { Envelope } from '@argyle/kit/envelope'
import { expect, test } from 'vitest'
import { PAYMENT_ANSWERS, SHIPPING_ANSWERS, STOCK_ANSWERS } from './answers.ts'

const READERS = { ...STOCK_ANSWERS, ...PAYMENT_ANSWERS, ...SHIPPING_ANSWERS }
const money = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })

function read(type: string, data: object) {
  const envelope: Envelope = {
    id: 'evt_1',
    type,
    source: 'test',
    subject: 'ord_1',
    time: '2026-11-21T09:00:00.000Z',
    sequence: 1,
    correlationId: 'c',
    causationId: null,
    traceparent: null,
    data: { orderId: 'ord_1', ...data },
  }
  return READERS[type]?.(envelope)
}

const why = { code: 'account_closed', message: 'The account of the card is closed.' }
const parcel = { shipmentId: 'shp_1', parcelCount: 2 }
const allocation = { warehouseId: 'whs_1', warehouseCode: 'LEI-1', variantId: 'var_1', quantity: 2 }
const reversed = { refundId: 'ret_1', amount: money('400'), refundedTotal: money('300') }

const READ: readonly (readonly [type: string, data: object, input: object])[] = [
  ['inventory.stock.reserved', { reservationId: 'res_1' }, { type: 'StockReserved', reservationId: 'res_1' }],
  [
    'inventory.stock.rejected',
    {
      shortages: [
        { variantId: 'var_1', requestedQuantity: 3, availableQuantity: 0 },
        { variantId: 'var_2', requestedQuantity: 3, availableQuantity: 2 },
      ],
    },
    {
      type: 'StockRejected',
      shortages: [
        { variantId: 'var_1', availableQuantity: 0 },
        { variantId: 'var_2', availableQuantity: 2 },
      ],
    },
  ],
  ['inventory.stock.rejected', {}, { type: 'StockRejected', shortages: [] }],
  ['inventory.stock.released', {}, { type: 'StockReleased' }],
  [
    'inventory.stock.committed',
    { allocations: [allocation, { ...allocation, quantity: 1 }] },
    { type: 'StockCommitted', allocations: [allocation, { ...allocation, quantity: 1 }] },
  ],
  ['inventory.stock.restocked', { restockId: 'rma_1' }, { type: 'StockRestocked', restockId: 'rma_1' }],
  ['inventory.reservation.expired', {}, { type: 'ReservationExpired' }],
  ['payments.payment.authorized', {}, { type: 'PaymentAuthorized' }],
  ['payments.payment.declined', why, { type: 'PaymentDeclined', ...why }],
  [
    'payments.payment.captured',
    { capturedTotal: money('4200') },
    { type: 'PaymentCaptured', capturedMinor: 4_200n },
  ],
  ['payments.payment.capture_failed', why, { type: 'CaptureFailed', ...why }],
  ['payments.payment.voided', {}, { type: 'PaymentVoided' }],
  [
    'payments.refund.reversed',
    { ...reversed, reversedTotal: money('500'), ...why },
    {
      type: 'RefundReversed',
      refundId: 'ret_1',
      amountMinor: 400n,
      refundedMinor: 300n,
      reversedMinor: 500n,
      ...why,
    },
  ],
  [
    'payments.refund.failed',
    { refundId: 'ret_1', ...why },
    { type: 'RefundFailed', refundId: 'ret_1', ...why },
  ],
  ['shipping.shipment.created', parcel, { type: 'ShipmentCreated', ...parcel }],
  [
    'shipping.shipment.created',
    { ...parcel, parcelCount: 1 },
    { type: 'ShipmentCreated', ...parcel, parcelCount: 1 },
  ],
  ['shipping.shipment.dispatched', parcel, { type: 'ShipmentDispatched', ...parcel }],
  ['shipping.shipment.delivered', parcel, { type: 'ShipmentDelivered', ...parcel }],
  ['shipping.order.cancelled', {}, { type: 'ShippingCancelled' }],
  [
    'shipping.order.cancel_refused',
    { shipmentId: 'shp_1' },
    { type: 'ShippingCancelRefused', shipmentId: 'shp_1' },
  ],
  ['inventory.stock.committed', {}, { type: 'StockCommitted', allocations: [] }],
  ['inventory.stock.restocked', {}, { type: 'StockRestocked', restockId: null }],
  ['payments.payment.action_required', { expiresAt: null }, { type: 'ActionRequired', expiresAt: null }],
  ['payments.payment.action_required', {}, { type: 'ActionRequired', expiresAt: null }],
  [
    'payments.payment.action_required',
    { expiresAt: '2026-11-21T09:10:00.000Z' },
    { type: 'ActionRequired', expiresAt: '2026-11-21T09:10:00.000Z' },
  ],
  [
    'payments.payment.refunded',
    { refundId: 'ret_1', amount: money('400'), refundedTotal: money('700') },
    { type: 'PaymentRefunded', refundId: 'ret_1', amountMinor: 400n, refundedMinor: 700n, reversedMinor: 0n },
  ],
  [
    'shipping.shipment.failed',
    { ...parcel, lines: [1, 2].map((quantity) => ({ orderLineId: 'oln_1', quantity, variantId: 'v' })) },
    {
      type: 'ShipmentFailed',
      ...parcel,
      lines: [1, 2].map((quantity) => ({ orderLineId: 'oln_1', quantity })),
    },
  ],
  [
    'shipping.return.received',
    { returnId: 'ret_1', lines: [{ orderLineId: 'oln_1', variantId: 'var_1', quantity: 1, restock: true }] },
    {
      type: 'ReturnReceived',
      returnId: 'ret_1',
      lines: [{ orderLineId: 'oln_1', variantId: 'var_1', quantity: 1, restock: true, warehouseId: null }],
    },
  ],
]

test.each(READ)('%s of %o is read', (type, data, input) => {
  expect(read(type, data)).toEqual({ orderId: 'ord_1', input })
})

test('every answer is in the table', () => {
  expect([...new Set(READ.map(([type]) => type))].toSorted()).toEqual(Object.keys(READERS).toSorted())
})

test.each([
  ['payments.payment.captured', {}],
  ['payments.payment.captured', { capturedTotal: money('-1') }],
  ['payments.payment.captured', { capturedTotal: money('1'.repeat(19)) }],
  ['payments.payment.captured', { capturedTotal: { amountMinor: '1', currencyCode: 'GBP' } }],
  ['payments.payment.action_required', { expiresAt: 'soon' }],
  ['inventory.stock.rejected', { shortages: [{ variantId: 'var_1', availableQuantity: -1 }] }],
  ['inventory.stock.rejected', { shortages: [{ variantId: 'var_1', availableQuantity: 1.5 }] }],
  ['inventory.stock.committed', { allocations: [{ ...allocation, quantity: 0 }] }],
  ['shipping.shipment.failed', { ...parcel, lines: [{ orderLineId: 'oln_1', quantity: 0 }] }],
  ['payments.payment.declined', { code: 'x' }],
  ['shipping.shipment.created', { shipmentId: 'shp_1', parcelCount: 0 }],
  ['inventory.stock.committed', { allocations: [{ warehouseId: 'w' }] }],
])('%s of %o is refused, so that it is tried again and then kept as a dead letter', (type, data) => {
  expect(() => read(type, data)).toThrow()
})

test('an amount has 18 digits at most', () => {
  const capturedTotal = money('1'.repeat(18))
  expect(read('payments.payment.captured', { capturedTotal })).toMatchObject({
    input: { capturedMinor: BigInt('1'.repeat(18)) },
  })
})
