import { expect, test } from 'vitest'
import type { ReturnRow } from './order-facts.ts'
import { returnViolations } from './returns.ts'

const refunded = { isRefunded: true, reversals: 0 }
const reversed = { isRefunded: false, reversals: 1 }
const again = { isRefunded: true, reversals: 1 }

function textsOf(inOrders: ReturnRow['inOrders'], inShipping: ReturnRow['inShipping']): string[] {
  const returns = [{ id: 'ret_1', orderId: 'o', inOrders, inShipping }]
  return returnViolations({ returns }).map(({ text }) => text)
}

test('a return that is refunded, and one whose refund failed afterwards, are the same in orders and shipping', () => {
  for (const state of [refunded, reversed, again]) expect(textsOf(state, state)).toEqual([])
})

test.each([
  [
    refunded,
    reversed,
    'REFUNDED after 0 failed refunds in orders, RECEIVED after 1 failed refunds in shipping',
  ],
  [again, refunded, 'REFUNDED after 1 failed refunds in orders, REFUNDED after 0 failed refunds in shipping'],
  [null, refunded, 'not received in orders, REFUNDED after 0 failed refunds in shipping'],
  [reversed, null, 'RECEIVED after 1 failed refunds in orders, not received in shipping'],
])('%j in orders and %j in shipping violate invariant 7', (inOrders, inShipping, text) => {
  expect(textsOf(inOrders, inShipping)).toEqual([`ret_1 is ${text}`])
})
