import { readFileSync } from 'node:fs'
import { type Envelope, envelopeSchema } from '@argyle/kit/envelope'
import { expect, test } from 'vitest'
import { read } from './commands.ts'

/** A sample message of orders, with these values instead of its own. */
function message(type: string, but: object = {}): Envelope {
  const file = new URL(`../../orders/event-samples/${type}.json`, import.meta.url)
  const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  return { ...sample, data: { ...Object(sample.data), ...but } }
}
const amount = (amountMinor: unknown, currencyCode = 'USD') => ({ amount: { amountMinor, currencyCode } })

test('an authorization needs neither a number, a customer nor a guest’s proof', () => {
  const none = { orderNumber: undefined, customerId: undefined, guestProofHash: undefined }
  const missing = { orderNumber: null, customerId: null, guestProofHash: null }
  expect(read.authorize(message('payments.authorize', none))).toMatchObject(missing)
  expect(read.authorize(message('payments.authorize', { ...missing, ...amount('0') }))).toMatchObject({
    ...missing,
    amount: { minor: 0n, currency: 'USD' },
  })
  const known = { orderNumber: 'A-1', customerId: 'usr_1', guestProofHash: 'a hash' }
  expect(read.authorize(message('payments.authorize', known))).toMatchObject(known)
  expect(() => read.authorize(message('payments.authorize', { paymentMethodId: null }))).toThrow(
    'paymentMethodId',
  )
})

test.each([
  ['', 'USD'],
  ['-1', 'USD'],
  ['1.5', 'USD'],
  ['1 ', 'USD'],
  [1, 'USD'],
  ['1'.repeat(17), 'USD'],
  ['1', 'XXX'],
])('an amount of %j minor units of %s is refused, to authorize and to refund', (minor, currency) => {
  for (const work of ['authorize', 'refund'] as const)
    expect(() => read[work](message(`payments.${work}`, amount(minor, currency)))).toThrow('amount')
})

test('the key of a refund has 1 to 100 characters, and a refund a reason', () => {
  const isTaken = (refundId: string) => {
    try {
      return read.refund(message('payments.refund', { refundId })).refundId === refundId
    } catch {
      return false
    }
  }
  expect([0, 1, 100, 101].map((length) => isTaken('k'.repeat(length)))).toEqual([false, true, true, false])
  expect(() => read.refund(message('payments.refund', { reason: null }))).toThrow('reason')
})

test('a claim names an order and a customer', () => {
  expect(() => read.claimed(message('orders.order.claimed', { orderId: 'A-1' }))).toThrow('orderId')
  expect(() => read.claimed(message('orders.order.claimed', { customerId: 'ada' }))).toThrow('customerId')
})
