import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments()
})
afterAll(() => shop.close())

const types = async (orderId: string) => (await shop.told(orderId)).map(({ type }) => type)
const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })

test('a good card is authorized, captured and refunded in parts; the ledger of the gateway agrees', async () => {
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada)
  expect(await shop.payment(orderId, ada)).toMatchObject({
    status: 'AUTHORIZED',
    authorized: { amount: '42.00', currencyCode: 'USD' },
    captured: { amount: '0.00' },
    nextAction: null,
  })
  await shop.command('capture', { orderId })
  await shop.command('refund', { orderId, refundId: 'ret_1', amount: usd('1200'), reason: 'returned' })
  await shop.command('refund', { orderId, refundId: 'ret_2', amount: usd('3000'), reason: 'returned' })
  expect(await shop.payment(orderId, ada)).toMatchObject({
    status: 'REFUNDED',
    captured: { amount: '42.00' },
    refunded: { amount: '42.00' },
  })
  expect(await types(orderId)).toEqual([
    'payment.authorized',
    'payment.captured',
    'payment.refunded',
    'payment.refunded',
  ])
  const entries = (await shop.sandbox.ledger()).filter(({ reference }) => reference === orderId)
  expect(entries.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`)).toEqual([
    'AUTHORIZE 4200',
    'CAPTURE 4200',
    'REFUND 1200',
    'REFUND 3000',
  ])
})

test.each([
  ['4000000000009995', 'insufficient_funds', true],
  ['4000000000000002', 'card_declined', false],
  ['4000000000000069', 'expired_card', false],
  ['4000000000009987', 'lost_card', false],
  ['4100000000000019', 'fraudulent', false],
])('the card %s is declined: %s', async (card, code, retryable) => {
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada, card)
  expect((await shop.told(orderId))[0]).toMatchObject({
    type: 'payment.declined',
    data: { orderId, code, retryable },
  })
  expect(await shop.payment(orderId, ada)).toMatchObject({ status: 'DECLINED', failure: { code } })
})

test('a void before its authorize leaves a tombstone, after it lets go of the money', async () => {
  const ada = customer(newId('usr'))
  const early = newId('ord')
  await shop.command('void', { orderId: early })
  const paymentMethodId = await shop.aMethod(ada)
  const late = { orderId: early, customerId: null, paymentMethodId, amount: usd('100') }
  await shop.command('authorize', late)
  expect(await types(early)).toEqual(['payment.voided', 'payment.voided'])
  const { orderId } = await shop.authorized(ada)
  await shop.command('void', { orderId })
  await shop.command('void', { orderId })
  expect(await types(orderId)).toEqual(['payment.authorized', 'payment.voided', 'payment.voided'])
  const kinds = (await shop.sandbox.ledger()).filter(({ reference }) => reference === orderId)
  expect(kinds.map(({ kind }) => kind)).toEqual(['AUTHORIZE', 'VOID'])
})
