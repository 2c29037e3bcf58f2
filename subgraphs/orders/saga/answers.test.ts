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

test.each([
  ['inventory.stock.committed', {}, { type: 'StockCommitted', allocations: [] }],
  ['inventory.stock.restocked', {}, { type: 'StockRestocked', restockId: null }],
  ['payments.payment.action_required', { expiresAt: null }, { type: 'ActionRequired', expiresAt: null }],
  [
    'payments.payment.refunded',
    { refundId: 'ret_1', amount: money('400'), refundedTotal: money('700') },
    { type: 'PaymentRefunded', refundId: 'ret_1', amountMinor: 400n, refundedMinor: 700n, reversedMinor: 0n },
  ],
  [
    'shipping.shipment.failed',
    { shipmentId: 'shp_1', parcelCount: 2, lines: [{ orderLineId: 'oln_1', quantity: 1, variantId: 'v' }] },
    {
      type: 'ShipmentFailed',
      shipmentId: 'shp_1',
      parcelCount: 2,
      lines: [{ orderLineId: 'oln_1', quantity: 1 }],
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
])('%s of %o is read', (type, data, input) => {
  expect(read(type, data)).toEqual({ orderId: 'ord_1', input })
})

test.each([
  ['payments.payment.captured', {}],
  ['payments.payment.captured', { capturedTotal: money('-1') }],
  ['payments.payment.declined', { code: 'x' }],
  ['shipping.shipment.created', { shipmentId: 'shp_1', parcelCount: 0 }],
  ['inventory.stock.committed', { allocations: [{ warehouseId: 'w' }] }],
])('%s of %o is refused, so that it is tried again and then kept as a dead letter', (type, data) => {
  expect(() => read(type, data)).toThrow()
})
