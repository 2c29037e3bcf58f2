import { money } from '@argyle/kit/money'
import { expect, test } from 'vitest'
import { type Cart, MAX_LINES } from '../cart/cart.ts'
import { merge } from '../cart/merge.ts'
import { requestCancel } from '../saga/cancel.ts'
import { placed, type Stage } from '../saga/saga.ts'
import { NO_SALE } from '../saga/sale.ts'
import { aSagaOrder } from '../testing/a-saga-order.ts'
import { type KnownAddress, readAddress } from './destination.ts'
import { stepsIn } from './history.ts'
import { type Basket, place, priceChanged } from './order.ts'

const now = new Date('2026-11-21T09:00:00Z')
const ADDRESS = {
  ...{ id: 'adr_1', recipient: 'Ada', line1: '1 Loom Lane', line2: null, city: 'Leeds', region: null },
  ...{ postalCode: 'LS1 4AP', countryCode: 'GB', version: 3 },
}
const KNOWN: KnownAddress = { ...ADDRESS, removed: false }
const CART: Cart = {
  ...{ id: 'crt_1', customerId: 'usr_1', state: 'OPEN', currency: 'USD', version: 4, couponId: null },
  ...{ expiresAt: new Date('2026-12-21T09:00:00Z'), claimedBy: null, lines: [] },
}
const OFFER = {
  ...{
    variantId: 'var_1',
    productId: 'prd_1',
    sku: 'SOCK-M',
    title: 'Sock, M',
    listed: true,
    priceMinor: 100n,
  },
  ...{ available: 3, availabilitySequence: 1, weightGrams: 60, taxCategory: 'STANDARD' },
}
const LINE = { id: 'cln_1', quantity: 2, seenMinor: 100n, shortage: null, offer: OFFER }
const basket = (lines: Basket['lines']): Basket => ({
  ...{ cart: CART, buyer: { customerId: 'usr_1', guest: null }, lines, held: null, address: ADDRESS },
  ...{ taxRules: null, option: null, paymentMethodId: null, unpaid: 0 },
})
const order = (lines: Basket['lines'], agreed: { version?: number; total?: bigint } = {}) =>
  place(
    basket(lines),
    { expectedCartVersion: agreed.version ?? 4, expectedTotal: money(agreed.total ?? 200n, 'USD') },
    { newId: (prefix) => `${prefix}_1`, orderId: 'ord_1', number: 'A-7K2M-9QX3', now },
  )
const cancel = (stage: Stage) =>
  requestCancel(aSagaOrder(), { ...placed, stage }, { actor: 'customer', expectedVersion: 1 })
const manyLines = (prefix: string, count: number): Cart => ({
  ...CART,
  lines: Array.from({ length: count }, (_, index) => ({
    ...{ id: `${prefix}${index}`, variantId: `${prefix}${index}`, quantity: 1, seenMinor: 1n },
    ...{ shortage: null, position: index },
  })),
})

/** Each message of the rules, with the field that it is about. */
const REFUSALS: [
  string,
  { ok: boolean; errors?: readonly { message: string; path: string[] | null }[] },
  string,
][] = [
  [
    'version 4 of the address "adr_1" has not arrived at checkout: nothing was ordered, send the same request again in a moment',
    readAddress(KNOWN, { shippingAddressId: 'adr_1', shippingAddressVersion: 4 }),
    'shippingAddressVersion',
  ],
  [
    'version 1 of the address "adr_1" has not arrived at checkout: nothing was ordered, send the same request again in a moment',
    readAddress(null, { shippingAddressId: 'adr_1', shippingAddressVersion: 1 }),
    'shippingAddressVersion',
  ],
  [
    'version 4 of the address "adr_1" has not arrived at checkout: nothing was ordered, send the same request again in a moment',
    readAddress(
      { id: 'adr_1', version: 3, removed: true },
      { shippingAddressId: 'adr_1', shippingAddressVersion: 4 },
    ),
    'shippingAddressVersion',
  ],
  [
    'shippingAddressVersion is 2, but the current version is 3: read it again, then repeat the change',
    readAddress(KNOWN, { shippingAddressId: 'adr_1', shippingAddressVersion: 2 }),
    'shippingAddressVersion',
  ],
  [
    'there is no address of yours "adr_1"',
    readAddress({ id: 'adr_1', version: 3, removed: true }, { shippingAddressId: 'adr_1' }),
    'shippingAddressId',
  ],
  ...[2, 3].map((shippingAddressVersion): (typeof REFUSALS)[number] => [
    'there is no address of yours "adr_1"',
    readAddress(
      { id: 'adr_1', version: 3, removed: true },
      { shippingAddressId: 'adr_1', shippingAddressVersion },
    ),
    'shippingAddressId',
  ]),
  [
    'there is no address of yours "adr_1"',
    readAddress(null, { shippingAddressId: 'adr_1' }),
    'shippingAddressId',
  ],
  [
    'expectedVersion is 5, but the current version is 4: read it again, then repeat the change',
    order([LINE], { version: 5 }),
    'expectedCartVersion',
  ],
  ['the cart "crt_1" is empty: allowed is a cart with lines', order([]), 'cartId'],
  [
    'the line "cln_1" (Sock, M) is no longer for sale: remove it first',
    order([{ ...LINE, offer: { ...OFFER, listed: false } }]),
    'cartId',
  ],
  [
    'the line "cln_1" (unknown) is no longer for sale: remove it first',
    order([{ ...LINE, offer: { ...OFFER, title: null, priceMinor: null } }]),
    'cartId',
  ],
  [
    '4 of Sock, M requested: allowed is at most 3, the available quantity',
    order([{ ...LINE, quantity: 4 }]),
    'cartId',
  ],
  [
    'expectedTotal is 1.99 USD, but the total now is 2.00 USD',
    order([LINE], { total: 199n }),
    'expectedTotal',
  ],
  [
    'expectedTotal is 2 JPY, but the total now is 2.00 USD',
    { ok: false, errors: [priceChanged(money(2n, 'JPY'), money(200n, 'USD'))] },
    'expectedTotal',
  ],
  [
    'the order is AWAITING_PAYMENT and its payment is being captured: allowed is to cancel it once it is CONFIRMED',
    cancel({ status: 'AWAITING_PAYMENT', step: 'CAPTURING', allocations: [] }),
    'orderId',
  ],
  [
    'the order is PENDING and its payment is being captured: allowed is to cancel it once it is CONFIRMED',
    cancel({ status: 'PENDING', step: 'COMMITTING_STOCK', reservationId: 'res_1' }),
    'orderId',
  ],
  [
    'the order is SHIPPED: allowed is to cancel it before a parcel is dispatched',
    cancel({ status: 'SHIPPED', step: 'DELIVERING', sale: NO_SALE }),
    'orderId',
  ],
  [
    `the carts have ${MAX_LINES + 1} different variants together: allowed is at most ${MAX_LINES}`,
    merge(manyLines('a', MAX_LINES), manyLines('b', 1), { offers: new Map(), newLineId: () => 'cln_1' }),
    'cartId',
  ],
]

test.each(REFUSALS)('%s', (message, { errors = [] }, path) => {
  expect(errors.map((error) => [error.message, error.path?.join('.')])).toEqual([[message, path]])
})

test('each line of which too few are left is named', () => {
  const short = ['Sock, M', 'Sock, L'].map((title) => ({ ...LINE, quantity: 4, offer: { ...OFFER, title } }))
  expect(order(short)).toMatchObject({
    errors: ['Sock, M', 'Sock, L'].map((title) => ({
      message: `4 of ${title} requested: allowed is at most 3, the available quantity`,
    })),
  })
})

test.each([
  ['PENDING', 'The order is placed. Its stock is being reserved.'],
  ['AWAITING_PAYMENT', 'Stock is reserved. The payment is being authorized.'],
  ['CONFIRMED', 'The stock is allocated.'],
  ['FULFILLING', 'The order is being packed.'],
  ['SHIPPED', 'A parcel was shipped.'],
  ['DELIVERED', 'The order was delivered.'],
  ['CANCELLING', 'The order is being cancelled.'],
  ['CANCELLED', 'The order is cancelled. No stock is reserved and no refund is due.'],
  ['REFUNDED', 'All units were refunded.'],
] as const)('a change to %s without recorded steps has one step in words', (to, text) => {
  const change = { orderId: 'ord_1', version: 2, from: null, to, at: now, actor: 'staff' } as const
  const step = { orderId: 'ord_1', version: 2, at: now, actor: 'staff', text }
  expect(stepsIn(change, [change], [])).toEqual([step])
})

test('a change of status has the steps from its version up to the next change, be it one', () => {
  const history = ([1, 2, 4] as const).map((version) => {
    return { orderId: 'ord_1', version, from: null, to: 'PENDING', at: now, actor: 'shop' } as const
  })
  const steps = [1, 2, 3, 4, 5].map((version) => {
    return { orderId: 'ord_1', version, at: now, actor: 'shop', text: `step ${version}` }
  })
  const texts = history.map((change) => stepsIn(change, history, steps).map(({ text }) => text))
  expect(texts).toEqual([['step 1'], ['step 2', 'step 3'], ['step 4', 'step 5']])
})
