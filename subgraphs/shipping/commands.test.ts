import { readFileSync } from 'node:fs'
import { type Envelope, envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expect, test } from 'vitest'
import { cancelledOrder, claimedOrder, createCommand, refundReport } from './commands.ts'

/** A sample message of orders, with these values instead of its own. */
function message(type: string, but: object = {}): Envelope {
  const file = new URL(`../orders/event-samples/${type}.json`, import.meta.url)
  const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  return { ...sample, data: { ...Object(sample.data), ...but } }
}

const line = { orderLineId: newId('oln'), variantId: newId('var'), quantity: 1, weightGrams: 0 }
const parcel = { warehouseId: newId('whs'), warehouseCode: 'RTM-1', lines: [line] }
const withLine = (but: object) => ({ parcels: [{ ...parcel, lines: [{ ...line, ...but }] }] })
const address = {
  ...{ recipient: 'Ada Lund', line1: '1 Mill Lane', city: 'Bergen', postalCode: '5003' },
  countryCode: 'NO',
}

test('a create needs neither a customer, an e-mail address nor the optional lines of an address', () => {
  const least = { customerId: null, email: null, guestProofHash: undefined, address, parcels: [parcel] }
  expect(createCommand(message('shipping.create', least))).toMatchObject({ address, parcels: [parcel] })
})

test.each<[string, object]>([
  ['orderNumber', { orderNumber: '' }],
  ['customerId', { customerId: 'ada' }],
  ['email', { email: undefined }],
  ['address.countryCode', { address: { ...address, countryCode: 'NOR' } }],
  ...Object.keys(address).map((field): [string, object] => [
    `address.${field}`,
    { address: { ...address, [field]: undefined } },
  ]),
  ['parcels.0.warehouseId', { parcels: [{ ...parcel, warehouseId: '' }] }],
  ['parcels.0.warehouseCode', { parcels: [{ ...parcel, warehouseCode: '' }] }],
  ['parcels.0.lines', { parcels: [{ ...parcel, lines: [] }] }],
  ['parcels.0.lines.0.orderLineId', withLine({ orderLineId: '' })],
  ['parcels.0.lines.0.variantId', withLine({ variantId: '' })],
  ['parcels.0.lines.0.quantity', withLine({ quantity: 0 })],
  ['parcels.0.lines.0.quantity', withLine({ quantity: 1.5 })],
  ['parcels.0.lines.0.weightGrams', withLine({ weightGrams: -1 })],
])('a create is refused by its %s: %j', (path, but) => {
  const issue = expect.objectContaining({ path: path.split('.').map((part) => (part === '0' ? 0 : part)) })
  expect(() => createCommand(message('shipping.create', but))).toThrow(
    expect.objectContaining({ issues: [issue] }),
  )
})

test('a cancellation and a claim name an order, and a claim its customer', () => {
  expect(() => cancelledOrder(message('shipping.cancel', { orderId: newId('ret') }))).toThrow('orderId')
  expect(() => claimedOrder(message('orders.order.claimed', { orderId: 'A-1' }))).toThrow('orderId')
  expect(() => claimedOrder(message('orders.order.claimed', { customerId: 'ada' }))).toThrow('customerId')
})

test('a report about a refund counts its reversals, none in a message of an earlier version', () => {
  const returnId = newId('ret')
  const report = (type: string, but: object) => refundReport(message(type, { returnId, ...but }))
  expect(report('orders.return.refunded', { reversals: undefined })).toEqual({
    ...{ returnId, reversals: 0, isRefunded: true },
  })
  expect(report('orders.return.refund_failed', { reversals: 2 })).toEqual({
    ...{ returnId, reversals: 2, isRefunded: false },
  })
  for (const reversals of [-1, 0.5])
    expect(() => report('orders.return.refunded', { reversals })).toThrow('reversals')
  expect(() => report('orders.return.refunded', { returnId: newId('ord') })).toThrow('returnId')
})
