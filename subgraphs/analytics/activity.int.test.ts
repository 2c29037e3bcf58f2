import { readFileSync } from 'node:fs'
import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

let now = new Date()
let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics({ timeZone: 'Asia/Kathmandu', clock: () => now })
})
afterAll(() => shop.close())
beforeEach(async () => {
  for (const table of ['activity', 'sale']) await shop.sql(`DELETE FROM ${table}`)
})

const CARTS = 'orders.cart.counted'
const VIEWS = 'recommendations.view.counted'
const deliverCount = (type: string, quarter: string, count: number) =>
  shop.deliver(type, { quarter, count }, { subject: quarter, sequence: count })

async function report(fields: string, asked: object = {}) {
  const query = `query ($from: DateTime!, $to: DateTime!, $bucket: Bucket) {
    salesReport(from: $from, to: $to, bucket: $bucket) { ${fields} } }`
  const days = { from: '2026-11-19T18:15:00Z', to: '2026-11-21T18:15:00Z' }
  return (await shop.ask(query, { ...days, ...asked })).salesReport
}

test.each([
  ['orders', CARTS, 'newCarts'],
  ['recommendations', VIEWS, 'productViews'],
])('the sample message of %s is accepted, repeatedly', async (publisher, type, field) => {
  const file = new URL(`../${publisher}/event-samples/${type}.json`, import.meta.url)
  const { data } = JSON.parse(readFileSync(file, 'utf8'))
  for (let time = 0; time < 2; time++) await shop.deliver(type, data, { id: newId('evt') })
  expect(await report(`total { ${field} }`)).toEqual({ total: { [field]: 17 } })
})

test('views and carts are counted by days of the shop’s time zone, to the quarter of an hour', async () => {
  await deliverCount(VIEWS, '2026-11-19T18:00:00.000Z', 1_000)
  await deliverCount(VIEWS, '2026-11-19T18:15:00.000Z', 1)
  await deliverCount(VIEWS, '2026-11-20T18:00:00.000Z', 20)
  await deliverCount(VIEWS, '2026-11-20T18:15:00.000Z', 300)
  await deliverCount(CARTS, '2026-11-21T18:00:00.000Z', 4)
  await deliverCount(CARTS, '2026-11-21T18:15:00.000Z', 1_000)
  expect(
    await report('total { productViews newCarts } buckets { start figures { productViews newCarts } }'),
  ).toEqual({
    total: { productViews: 321, newCarts: 4 },
    buckets: [
      { start: '2026-11-19T18:15:00.000Z', figures: { productViews: 21, newCarts: 0 } },
      { start: '2026-11-20T18:15:00.000Z', figures: { productViews: 300, newCarts: 4 } },
    ],
  })
})

test('hours are those of the shop’s clock', async () => {
  await deliverCount(VIEWS, '2026-11-19T18:45:00.000Z', 1)
  await deliverCount(VIEWS, '2026-11-19T19:00:00.000Z', 20)
  await deliverCount(VIEWS, '2026-11-19T19:15:00.000Z', 300)
  const asked = { from: '2026-11-19T18:45:00Z', to: '2026-11-19T20:00:00Z', bucket: 'HOUR' }
  expect(await report('buckets { start end figures { productViews } }', asked)).toEqual({
    buckets: [
      {
        ...{ start: '2026-11-19T18:45:00.000Z', end: '2026-11-19T19:15:00.000Z' },
        figures: { productViews: 21 },
      },
      {
        ...{ start: '2026-11-19T19:15:00.000Z', end: '2026-11-19T20:00:00.000Z' },
        figures: { productViews: 300 },
      },
    ],
  })
})

test('the greatest count of a quarter counts, in any order, more than once, and by replay', async () => {
  const quarter = '2026-11-20T10:00:00.000Z'
  for (const count of [5, 9, 9, 7]) await deliverCount(CARTS, quarter, count)
  await deliverCount(VIEWS, quarter, 3)
  const replayed = (of: string) => (count: number) => ({
    ...{ id: newId('evt'), type: CARTS, source: 'orders', subject: of, sequence: count, time: of },
    ...{ correlationId: 'test', causationId: null, traceparent: null, replayed: true },
    data: { quarter: of, count },
  })
  // The second quarter is in the replay only.
  const messages = [...[8, 4].map(replayed(quarter)), ...[2, 6, 3].map(replayed('2026-11-20T10:15:00.000Z'))]
  for (let time = 0; time < 2; time++)
    await shop.deliver('analytics.replay', {
      messages: messages.map((one) => ({ ...one, id: newId('evt') })),
    })
  expect(await report('total { productViews newCarts }')).toEqual({
    total: { productViews: 3, newCarts: 15 },
  })
})

test('conversion has views and carts; null where the step before is zero', async () => {
  const fields = 'conversion { productViews newCarts placedOrders cartsPerView ordersPerCart soldShare }'
  expect((await report(fields)).conversion).toEqual({
    ...{ productViews: 0, newCarts: 0, placedOrders: 0 },
    ...{ cartsPerView: null, ordersPerCart: null, soldShare: null },
  })
  await deliverCount(VIEWS, '2026-11-20T10:00:00.000Z', 16)
  await deliverCount(CARTS, '2026-11-20T10:15:00.000Z', 4)
  await shop.sale({ placedAt: '2026-11-20T11:00:00.000Z' })
  await shop.sale({ placedAt: '2026-11-20T11:00:00.000Z', status: 'CANCELLED' })
  expect((await report(fields)).conversion).toEqual({
    ...{ productViews: 16, newCarts: 4, placedOrders: 2 },
    ...{ cartsPerView: 0.25, ordersPerCart: 0.5, soldShare: 0.5 },
  })
})

test.each([
  [{ quarter: 'today', count: 1 }],
  [{ quarter: '2026-11-20T10:00:00.000Z', count: -1 }],
  [{ quarter: '2026-11-20T10:00:00.000Z', count: 1.5 }],
])('%j is rejected', async (data) => {
  await expect(shop.deliver(CARTS, data)).rejects.toThrow()
})

test('counts older than 800 days are deleted, more than a batch of them', async () => {
  await shop.sql(
    `INSERT INTO activity SELECT timestamptz '2024-01-01 00:00Z' + n * interval '15 minutes', 'CART', 1 FROM generate_series(1, 1001) n`,
  )
  const [last] = await shop.sql<{ quarter: Date }>('SELECT max(quarter) AS quarter FROM activity')
  const at = (last?.quarter.getTime() ?? Number.NaN) + 800 * 86_400_000
  now = new Date(at)
  const forget = () => shop.runTimer('forget-activity')
  await forget()
  expect(await shop.sql('SELECT quarter FROM activity')).toEqual([last])
  const lock = 'SELECT 1 FROM activity FOR UPDATE'
  now = new Date(at + 1)
  await shop.whileLocked(lock, [], forget)
  expect(await shop.sql('SELECT quarter FROM activity'), 'which another replica has locked').toEqual([last])
  await forget()
  expect(await shop.sql('SELECT quarter FROM activity')).toEqual([])
})
