import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { saleData } from './testing/a-sale.ts'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** A sample message of its publisher. Subgraphs share such files, never code. */
function sampleOf(publisher: string, type: string) {
  const file = new URL(`../${publisher}/event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** All copies, as rows. */
async function copies(orderId: string) {
  return {
    sale: await shop.sql('SELECT * FROM sale WHERE order_id = $1', orderId),
    lines: await shop.sql('SELECT * FROM sale_line WHERE order_id = $1 ORDER BY variant_id', orderId),
    refunds: await shop.sql('SELECT * FROM refund WHERE order_id = $1 ORDER BY position', orderId),
  }
}

test('the sample messages of orders are accepted, in any order and repeatedly', async () => {
  const types = ['orders.sale.changed', 'orders.order.placed', 'orders.order.claimed']
  for (const type of [...types, ...types.toReversed()]) {
    const { data, ...about } = sampleOf('orders', type)
    await shop.deliver(type, data, { ...about, id: newId('evt') })
  }
  const { subject, data } = sampleOf('orders', 'orders.sale.changed')
  expect(await copies(subject)).toMatchObject({
    sale: [
      {
        sequence: 4,
        status: 'SOLD',
        buyer: (data as { customerId: string }).customerId,
        currency: 'EUR',
        units: 2,
        gross_minor: 2598n,
        discount_minor: 260n,
        shipping_minor: 490n,
        coupon_code: 'WARM10',
      },
    ],
    lines: [{ quantity: 2, gross_minor: 2598n, discount_minor: 260n }],
    refunds: [{ position: 0, amount_minor: 1169n }],
  })
})

test('the messages of an order in every permutation, each twice, result in the same rows', async () => {
  const results = new Set<string>()
  for (const order of permutations([0, 1, 2, 3])) {
    const life = aLife()
    for (const index of [4, ...order, ...order.toReversed(), 4]) {
      const [type, data, sequence] = life.messages[index] ?? life.placed
      await shop.deliver(type, data, { subject: life.orderId, sequence, time: PLACED_AT })
    }
    const rows = JSON.stringify(await copies(life.orderId), (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    results.add(rows.replaceAll(life.orderId, 'the order').replaceAll(life.customerId, 'the customer'))
    expect(await copies(life.orderId)).toMatchObject({
      sale: [{ sequence: 7, status: 'CANCELLED', buyer: life.customerId }],
      refunds: [{ amount_minor: 300n }, { amount_minor: 1700n }],
    })
  }
  expect(results.size).toBe(1)
})

const PLACED_AT = '2026-11-02T10:00:00.000Z'
const line = { productId: newId('prd'), variantId: newId('var'), quantity: 2, unit: 1000 }

/** The messages about a guest's order that is claimed, refunded in part, and cancelled. */
function aLife() {
  const [orderId, customerId] = [newId('ord'), newId('usr')]
  const state = { orderId, placedAt: PLACED_AT, lines: [line], customerId: null }
  const refunds = [
    { at: '2026-11-03T10:00:00.000Z', minor: 300 },
    { at: '2026-11-04T10:00:00.000Z', minor: 1700 },
  ]
  const grandTotal = { amountMinor: '2000', currencyCode: 'USD' }
  const placed = ['orders.order.placed', { orderId, customerId: null, lines: [], grandTotal }, 1] as const
  const messages = [
    ['orders.order.claimed', { orderId, customerId }, 4],
    ['orders.sale.changed', saleData(state), 4],
    ['orders.sale.changed', saleData({ ...state, refunds: refunds.slice(0, 1) }), 5],
    ['orders.sale.changed', saleData({ ...state, status: 'CANCELLED', refunds, customerId }), 7],
    placed,
  ] as const
  return { orderId, customerId, placed, messages }
}

test('a claim gives a sale that is known its buyer', async () => {
  const { orderId, customerId, messages } = aLife()
  for (const index of [1, 0]) {
    const [type, data, sequence] = messages[index as 0 | 1]
    await shop.deliver(type, data, { subject: orderId, sequence, time: PLACED_AT })
  }
  expect(await copies(orderId)).toMatchObject({ sale: [{ sequence: 4, status: 'SOLD', buyer: customerId }] })
})

function permutations(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  )
}

test('a batch of states of the same orders keeps the newest of each', async () => {
  const [first, second] = [newId('ord'), newId('ord')]
  const messages = [
    [first, 3, 'CANCELLED'],
    [second, 2, 'SOLD'],
    [first, 2, 'SOLD'],
  ].map(([orderId, sequence, status]) => {
    const data = saleData({ orderId: String(orderId), status: status as 'SOLD' | 'CANCELLED' })
    const { id: _, ...sample } = sampleOf('orders', 'orders.sale.changed')
    return { ...sample, id: newId('evt'), subject: orderId, sequence, data, replayed: true }
  })
  for (let time = 0; time < 2; time++) await shop.deliver('analytics.replay', { messages })
  const rows = await shop.sql('SELECT order_id, status FROM sale WHERE order_id = ANY($1::text[])', [
    first,
    second,
  ])
  expect(rows).toEqual(
    expect.arrayContaining([
      { order_id: first, status: 'CANCELLED' },
      { order_id: second, status: 'SOLD' },
    ]),
  )
})

test('two messages of one order at once leave the newer one', async () => {
  const orderId = newId('ord')
  await shop.atOnce(
    [5, 2, 4, 3].map(
      (sequence) => () => shop.sale({ orderId, sequence, shipping: sequence, lines: [{ unit: 1 }] }),
    ),
  )
  expect((await copies(orderId)).sale).toMatchObject([{ sequence: 5, shipping_minor: 5n }])
})

test('setting a rate publishes its complete state, with the fields of the sample', async () => {
  await shop.setRate({ currency: 'EUR', validFrom: '2026-01-01T00:00:00Z', unitsPerUsd: '00.920' })
  const published = (await shop.outbox()).at(-1)
  const sample = sampleOf('analytics', 'analytics.exchange_rate.changed')
  expect(published).toMatchObject({ type: sample.type, sequence: 1, data: { unitsPerUsd: '0.92' } })
  expect(Object.keys(published?.data as object).sort()).toEqual(Object.keys(sample.data as object).sort())
  const change = {
    currency: 'EUR',
    validFrom: '2026-01-01T00:00:00Z',
    unitsPerUsd: '0.93',
    expectedVersion: 1,
  }
  await shop.setRate(change)
  expect((await shop.outbox()).at(-1)).toMatchObject({
    ...{ type: sample.type, subject: published?.subject, sequence: 2, data: { unitsPerUsd: '0.93' } },
  })
})
