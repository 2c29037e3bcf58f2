import { money } from '@argyle/kit/money'
import { expect, test } from 'vitest'
import { orderCancelled, orderPlaced, orderSummarised, read, saleChanged } from './events.ts'

const ORDER = { id: 'ord_1', number: 'A-7K2M-9QX3', customerId: 'usr_1' }
const NAMED = { orderId: 'ord_1', number: 'A-7K2M-9QX3', customerId: 'usr_1' }
const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })
const totals = { total: money(4_200n, 'USD') }

test('a placed order is published with its values', () => {
  const line = { variantId: 'var_1', productId: 'prd_1', quantity: 3 }
  expect(orderPlaced({ ...ORDER, totals, lines: [{ ...line, unitMinor: 1_300n }] })).toEqual({
    ...{ type: 'orders.order.placed', subject: 'ord_1', sequence: 1 },
    data: { ...NAMED, lines: [{ ...line, unitPrice: usd('1300') }], grandTotal: usd('4200') },
  })
})

test('amounts are published in the currency of their order', () => {
  const line = { variantId: 'var_1', productId: 'prd_1', quantity: 3, unitMinor: 900n }
  const yen = { total: money(2_700n, 'JPY') }
  expect(orderPlaced({ ...ORDER, totals: yen, lines: [line] }).data).toMatchObject({
    lines: [{ unitPrice: { amountMinor: '900', currencyCode: 'JPY' } }],
    grandTotal: { amountMinor: '2700', currencyCode: 'JPY' },
  })
})

test('a summary is published with its values, and with the hash of the proof of a guest’s order', () => {
  const lines = [{ title: 'Sock, M', quantity: 3, unitMinor: 1_300n, discountMinor: 100n }]
  const order = { ...ORDER, email: null, guestSecretHash: null, version: 6, countryCode: 'NO', totals, lines }
  const data = {
    ...{ ...NAMED, email: null, guestProofHash: null, countryCode: 'NO', grandTotal: usd('4200') },
    lines: [{ title: 'Sock, M', quantity: 3, total: usd('3800') }],
  }
  const summarised = { type: 'orders.order.summarised', subject: 'ord_1', sequence: 6, data }
  expect(orderSummarised(order)).toEqual(summarised)
  const guest = { email: 'ada@argyle.example', guestSecretHash: 'a hash' }
  const published = orderSummarised({ ...order, ...guest })
  expect(published.data).toEqual({
    ...data,
    email: guest.email,
    guestProofHash: expect.stringMatching(/^[\w-]{43}$/),
  })
})

test('a sale is published with its values', () => {
  const at = '2026-11-22T09:00:00+00:00'
  const sale = {
    currency: 'USD',
    ...{ ...ORDER, version: 6, isCancelled: false, couponCode: 'TEN', countryCode: 'NO' },
    ...{ placedAt: new Date('2026-11-20T09:00:00Z'), confirmedAt: new Date('2026-11-21T09:00:00Z') },
    ...{
      subtotalMinor: 4_000n,
      discountMinor: 300n,
      shippingMinor: 400n,
      taxMinor: 100n,
      totalMinor: 4_200n,
    },
    lines: [{ variantId: 'var_1', productId: 'prd_1', quantity: 3, unitMinor: '1300', discountMinor: '50' }],
    credits: [
      { at, amountMinor: '700' },
      { at, amountMinor: '200' },
    ],
  } as const
  const refundAt = '2026-11-22T09:00:00.000Z'
  const data = {
    ...{ ...NAMED, status: 'SOLD', couponCode: 'TEN', countryCode: 'NO' },
    ...{ placedAt: '2026-11-20T09:00:00.000Z', confirmedAt: '2026-11-21T09:00:00.000Z' },
    ...{
      subtotal: usd('4000'),
      discount: usd('300'),
      shipping: usd('400'),
      tax: usd('100'),
      grandTotal: usd('4200'),
    },
    lines: [
      { variantId: 'var_1', productId: 'prd_1', quantity: 3, unitPrice: usd('1300'), discount: usd('50') },
    ],
    refunds: [
      { at: refundAt, amount: usd('700') },
      { at: refundAt, amount: usd('200') },
    ],
  }
  // The version, and one for each credit note.
  const published = { type: 'orders.sale.changed', subject: 'ord_1', sequence: 8 }
  expect(saleChanged(sale)).toEqual({ ...published, data })
  expect(saleChanged({ ...sale, isCancelled: true, confirmedAt: null })).toEqual({
    ...published,
    data: { ...data, status: 'CANCELLED', confirmedAt: null },
  })
})

test('a cancelled order is published with its values', () => {
  expect(orderCancelled({ ...ORDER, version: 6 }, 'FRAUD')).toEqual({
    ...{ type: 'orders.order.cancelled', subject: 'ord_1', sequence: 6 },
    data: { ...NAMED, reason: 'FRAUD' },
  })
})

const price = { amountMinor: '1299', currencyCode: 'USD' }
const variant = { variantId: 'var_1', sku: 'S', title: 'M', weightGrams: 0, prices: [price] }
const product = {
  productId: 'prd_1',
  title: 'Sock',
  status: 'ACTIVE',
  categoryId: 'cat_1',
  variants: [variant],
}
const owned = { addressId: 'adr_1', userId: 'usr_1' }
const street = { recipient: 'Ada', line1: '1 Mill Lane', line2: null, city: 'Bergen', region: null }
const address = { ...owned, ...street, postalCode: '5003', countryCode: 'NO' }
const quoteKey = { keyId: 'qky_1', publicKey: 'x'.repeat(43), notAfter: '2099-01-01T00:00:00.000Z' }
const available = { variantId: 'var_1', availableQuantity: 0 }

/** The message that a reader gets: nothing but its data matters. */
const messageOf = (data: object) => ({
  ...{
    id: 'evt_1',
    type: 'a.b',
    source: 'test',
    subject: 'x',
    time: '2026-11-21T09:00:00.000Z',
    sequence: 1,
  },
  ...{ correlationId: 'c', causationId: null, traceparent: null, data },
})
type Reader = keyof typeof read

test.each<[Reader, object]>([
  ['productChanged', product],
  ['priceChanged', { variantId: 'var_1', prices: [price, { ...price, amountMinor: '1'.repeat(15) }] }],
  ['addressSaved', address],
  ['addressRemoved', owned],
  ['quoteKeyPublished', quoteKey],
  ['availabilityChanged', available],
  ['availabilityChanged', { ...available, availableQuantity: null }],
])('%s reads %o as it is, without other fields', (reader, data) => {
  expect(read[reader](messageOf({ ...data, other: 1 }))).toEqual(data)
})

test('a product of before categories has none', () => {
  const { categoryId: _, ...older } = product
  expect(read.productChanged(messageOf(older))).toEqual({ ...product, categoryId: null })
})

test.each<[Reader, object]>([
  ...Object.keys(product).flatMap((field): [Reader, object][] =>
    field === 'categoryId' ? [] : [['productChanged', { ...product, [field]: undefined }]],
  ),
  ...Object.keys(variant).map((field): [Reader, object] => [
    'productChanged',
    { ...product, variants: [{ ...variant, [field]: undefined }] },
  ]),
  ['productChanged', { ...product, variants: [{ ...variant, weightGrams: -1 }] }],
  ['priceChanged', { prices: [price] }],
  ['priceChanged', { variantId: 'var_1' }],
  ['priceChanged', { variantId: 'var_1', prices: [{ ...price, amountMinor: '-1' }] }],
  ['priceChanged', { variantId: 'var_1', prices: [{ ...price, amountMinor: '1'.repeat(16) }] }],
  ['priceChanged', { variantId: 'var_1', prices: [{ ...price, currencyCode: 'GBP' }] }],
  ...Object.keys(address).flatMap((field): [Reader, object][] =>
    ['line2', 'region'].includes(field) ? [] : [['addressSaved', { ...address, [field]: undefined }]],
  ),
  ...Object.keys(owned).map((field): [Reader, object] => [
    'addressRemoved',
    { ...owned, [field]: undefined },
  ]),
  ...Object.keys(quoteKey)
    .map((field): [Reader, object] => ['quoteKeyPublished', { ...quoteKey, [field]: 'x!' }])
    .slice(1),
  ['quoteKeyPublished', { ...quoteKey, keyId: '' }],
  ['quoteKeyPublished', { ...quoteKey, keyId: 'x'.repeat(201) }],
  ['availabilityChanged', { availableQuantity: 1 }],
  ['availabilityChanged', { ...available, availableQuantity: 1.5 }],
  ['availabilityChanged', { variantId: 'var_1' }],
])('%s refuses %o, so that it is tried again and then kept as a dead letter', (reader, data) => {
  expect(() => read[reader](messageOf(data))).toThrow()
})
