import { expect, test } from 'vitest'
import { messagesOf, returnReceived } from './events.ts'
import type { Return } from './return/return.ts'
import { evolve, type Fact } from './shipment/fulfilment.ts'

const at = new Date('2026-11-28T09:00:00.000Z')
const state = evolve(null, [{ type: 'created', shipmentIds: ['shp_1'] }])

const WITH_LINES: Fact[] = [
  { type: 'dispatched', shipmentId: 'shp_1', at },
  { type: 'delivered', shipmentId: 'shp_1', at },
  { type: 'failed', shipmentId: 'shp_1', failure: 'LOST', at },
]

test.each(WITH_LINES)('$type has the lines of its parcel, and fails if they were not read', (fact) => {
  const lines = [{ orderLineId: 'oln_1', variantId: 'var_1', quantity: 2 }]
  const messages = (linesOf: (() => typeof lines) | null) =>
    messagesOf({ orderId: 'ord_1', state, linesOf }, [fact])
  expect(messages(() => lines)).toMatchObject([
    { type: `shipping.shipment.${fact.type}`, subject: 'shp_1', data: { lines, at: at.toISOString() } },
  ])
  expect(() => messages(null)).toThrow('add its fact to WITH_LINES of fulfilment-store.ts')
})

test('orders learns nothing of labels and of a cancellation that is not decided', () => {
  const shipmentId = 'shp_1'
  const label = { labelId: 'lbl_1', trackingNumber: 'PW1', trackingUrl: 'https://tracking.example/PW1' }
  const facts: Fact[] = [
    { type: 'cancelAsked' },
    { type: 'labelAsked', shipmentId },
    { type: 'labelMade', shipmentId, label },
    { type: 'labelRefused', shipmentId },
    { type: 'labelVoided', shipmentId },
    { type: 'labelWanted', shipmentId },
  ]
  expect(messagesOf({ orderId: 'ord_1', state, linesOf: null }, facts)).toEqual([])
})

test('a return that was received names each line of which units came in', () => {
  const lines = [1, 0, 2].map((receivedQuantity, index) => ({
    ...{ orderLineId: `oln_${index}`, variantId: 'var_1', quantity: 3, warehouseId: 'whs_1' },
    ...{ receivedQuantity, restock: index === 2 },
  }))
  const received = { id: 'ret_1', orderId: 'ord_1', version: 3, lines } as unknown as Return
  expect(returnReceived(received).data).toEqual({
    ...{ orderId: 'ord_1', returnId: 'ret_1' },
    lines: [
      { orderLineId: 'oln_0', variantId: 'var_1', quantity: 1, restock: false, warehouseId: 'whs_1' },
      { orderLineId: 'oln_2', variantId: 'var_1', quantity: 2, restock: true, warehouseId: 'whs_1' },
    ],
  })
})
