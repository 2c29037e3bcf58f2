import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { newId } from '@argyle/kit/ids'
import { oldDatabase } from '@argyle/kit/testing/old-database'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clerk, openOrders, type Shop } from './testing/open-orders.ts'
import { CANCEL, ORDER } from './testing/operations.ts'

const MIGRATIONS = fileURLToPath(new URL('../../prisma/orders/migrations', import.meta.url))
const ROWS = readFileSync(new URL('testing/before-payments.sql', import.meta.url), 'utf8')
const LAST = '20261127000100_short_lines'

const id = (prefix: string, last: string) => `${prefix}_019aa5c2-8c00-7000-8000-0000000000${last}`
const buyer = customer(id('usr', 'a1'))
let shop: Shop
let now = new Date('2026-11-28T09:00:00Z')

// The rows of the shop before it had payments: its seed, and orders that were under way.
beforeAll(async () => {
  const database = await oldDatabase(MIGRATIONS, LAST, ROWS)
  shop = await openOrders({ database, clock: () => now })
})
afterAll(() => shop.close())

async function read(last: string) {
  const { data, errors } = await shop.execute(ORDER, { id: id('ord', last) }, clerk)
  expect(errors).toEqual([])
  return data.order
}

describe('orders of before payments', () => {
  test.each([
    ['01', 'CONFIRMED', 2, null],
    ['02', 'CANCELLED', 3, 'CUSTOMER_REQUEST'],
    ['03', 'PENDING', 1, null],
    ['04', 'PENDING', 1, null],
    ['05', 'CANCELLING', 2, 'CUSTOMER_REQUEST'],
  ])('%s is still %s, and costs what it cost', async (last, status, version, cancelReason) => {
    expect(await read(last)).toMatchObject({
      status,
      version,
      cancelReason,
      subtotal: { amount: '25.98' },
      discountTotal: { amount: '2.60' },
      shippingTotal: { amount: '0.00' },
      taxTotal: { amount: '0.00' },
      grandTotal: { amount: '23.38' },
      refundedTotal: { amount: '0.00' },
      customer: { id: buyer.kind === 'user' && buyer.id },
    })
  })

  test('have a history with their steps', async () => {
    const { data } = await shop.execute(
      'query ($id: ID!) { order(id: $id) { history { to steps { text } } } }',
      { id: id('ord', '01') },
      clerk,
    )
    expect(data.order.history.map((change: { steps: object[] }) => change.steps)).toEqual([
      [{ text: 'The order is placed. Its stock is being reserved.' }],
      [{ text: 'The stock is allocated.' }],
    ])
  })

  test('that were under way go on: what had no answer is asked again, and comes to an end', async () => {
    now = new Date(now.getTime() + 60_000)
    await shop.runTimer('resume-sagas')
    const asked = await Promise.all(['03', '04', '05'].map((last) => shop.said(id('ord', last))))
    expect(asked).toEqual([['inventory.reserve'], ['inventory.commit'], ['inventory.release']])
    await shop.answer('reserved', id('ord', '03'))
    await shop.answer('committed', id('ord', '03'), { allocations: [] })
    await shop.answer('committed', id('ord', '04'))
    await shop.answer('released', id('ord', '05'))
    const statuses = await Promise.all(['03', '04', '05'].map(async (last) => (await read(last)).status))
    expect(statuses).toEqual(['CONFIRMED', 'CONFIRMED', 'CANCELLED'])
  })

  test('that are confirmed are not cancelled: nobody knows whether they were sent', async () => {
    const input = { idempotencyKey: newId('evt'), orderId: id('ord', '01'), expectedVersion: 2 }
    const { data } = await shop.execute(CANCEL, { input }, buyer)
    expect(data.cancelOrder.userErrors).toMatchObject([
      { __typename: 'NotCancellableError', status: 'CONFIRMED' },
    ])
  })
})

test('a cart of the previous version can be used, and its product can be bought before its weight is known', async () => {
  const { data } = await shop.execute(
    '{ cart { lines { quantity orderable } totals(countryCode: "DE") { grandTotal { amount } } } }',
    {},
    buyer,
  )
  expect(data.cart).toEqual({
    lines: [{ quantity: 2, orderable: true }],
    totals: { grandTotal: { amount: '25.98' } },
  })
})
