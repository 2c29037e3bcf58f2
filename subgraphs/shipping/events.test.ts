import { expect, test } from 'vitest'
import { messagesOf, returnChanged, returnReceived } from './events.ts'
import type { Return } from './return/return.ts'
import { evolve, type Fact } from './shipment/fulfilment.ts'

const at = new Date('2026-11-28T09:00:00.000Z')
const shipmentId = 'shp_1'
const label = { labelId: 'lbl_1', trackingNumber: 'PW1', trackingUrl: 'https://tracking.example/PW1' }
const created = evolve(null, [{ type: 'created', shipmentIds: [shipmentId, 'shp_2'] }])
/** The order has version 2, its first parcel 3. */
const state = evolve(created, [
  { type: 'labelAsked', shipmentId },
  { type: 'labelMade', shipmentId, label },
])

const WITH_LINES: Fact[] = [
  { type: 'dispatched', shipmentId: 'shp_1', at },
  { type: 'delivered', shipmentId: 'shp_1', at },
  { type: 'failed', shipmentId: 'shp_1', failure: 'LOST', at },
]

test.each(WITH_LINES)('$type has the lines of its parcel, and fails if they were not read', (fact) => {
  const lines = [{ orderLineId: 'oln_1', variantId: 'var_1', quantity: 2 }]
  const messages = (linesOf: (() => typeof lines) | null) =>
    messagesOf({ orderId: 'ord_1', state, linesOf }, [fact])
  const reason = fact.type === 'failed' ? { reason: 'LOST' } : {}
  const about = { orderId: 'ord_1', shipmentId, parcelCount: 2, trackingNumber: 'PW1' }
  expect(messages(() => lines)).toEqual([
    {
      ...{ type: `shipping.shipment.${fact.type}`, subject: shipmentId, sequence: 3 },
      data: { ...about, lines, at: at.toISOString(), ...reason },
    },
  ])
  expect(() => messages(null)).toThrow('add its fact to WITH_LINES of fulfilment-store.ts')
})

test('orders learns nothing of labels and of a cancellation that is not decided', () => {
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

test('what an order is answered names the order and its version', () => {
  const answer = (type: string, data: object) => {
    return { type: `shipping.${type}`, subject: 'ord_1', sequence: 2, data: { orderId: 'ord_1', ...data } }
  }
  const refused = answer('order.cancel_refused', { shipmentId: 'shp_2', status: 'PENDING' })
  const cancelled = answer('order.cancelled', {})
  const parcels = [
    answer('shipment.created', { shipmentId, status: 'LABEL_CREATED', parcelCount: 2 }),
    answer('shipment.created', { shipmentId: 'shp_2', status: 'PENDING', parcelCount: 2 }),
  ]
  const facts: [Fact, object[]][] = [
    [{ type: 'created', shipmentIds: [] }, parcels],
    [{ type: 'answered', as: 'created' }, parcels],
    [{ type: 'cancelled' }, [cancelled]],
    [{ type: 'answered', as: 'cancelled' }, [cancelled]],
    [{ type: 'cancelRefused', shipmentId: 'shp_2' }, [refused]],
    [{ type: 'answered', as: 'cancelRefused', shipmentId: 'shp_2' }, [refused]],
  ]
  for (const [fact, messages] of facts)
    expect(messagesOf({ orderId: 'ord_1', state, linesOf: null }, [fact])).toEqual(messages)
})

test('a change of a return says whose it is, and why it was rejected', () => {
  const about = { orderId: 'ord_1', customerId: 'usr_1', status: 'REJECTED', rejection: 'Worn.' } as const
  const rejected = { ...about, id: 'ret_1', version: 4, reason: 'They itch.' } as Return
  expect(returnChanged(rejected)).toEqual({
    ...{ type: 'shipping.return.changed', subject: 'ret_1', sequence: 4 },
    data: { ...about, returnId: 'ret_1' },
  })
})

test('a return that was received names each line of which units came in', () => {
  const lines = [1, 0, 2].map((receivedQuantity, index) => ({
    ...{ orderLineId: `oln_${index}`, variantId: 'var_1', quantity: 3, warehouseId: 'whs_1' },
    ...{ receivedQuantity, restock: index === 2 },
  }))
  const received = { id: 'ret_1', orderId: 'ord_1', version: 3, lines } as unknown as Return
  const about = { type: 'shipping.return.received', subject: 'ret_1', sequence: 3 }
  expect(returnReceived(received)).toEqual({
    ...about,
    data: {
      orderId: 'ord_1',
      returnId: 'ret_1',
      lines: [
        { orderLineId: 'oln_0', variantId: 'var_1', quantity: 1, restock: false, warehouseId: 'whs_1' },
        { orderLineId: 'oln_2', variantId: 'var_1', quantity: 2, restock: true, warehouseId: 'whs_1' },
      ],
    },
  })
})
