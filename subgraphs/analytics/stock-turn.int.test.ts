import { readFileSync } from 'node:fs'
import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

let now = new Date('2026-12-31T00:00:00.000Z')
let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics({ clock: () => now })
})
afterAll(() => shop.close())
beforeEach(async () => {
  now = new Date('2026-12-31T00:00:00.000Z')
  for (const table of ['stock_change', 'sale_line', 'sale']) await shop.sql(`DELETE FROM ${table}`)
})

const STOCK = 'inventory.stock.counted'
const deliverChange = (quarter: string, onHandDelta: number, movements = 1) =>
  shop.deliver(STOCK, { quarter, onHandDelta, movements }, { subject: quarter, sequence: movements })

async function turn(from = '2026-11-20T00:00:00Z', to = '2026-11-21T00:00:00Z') {
  const query = `query ($from: DateTime!, $to: DateTime!) {
    salesReport(from: $from, to: $to) { stockTurn { averageOnHand unitsSold turn } } }`
  return (await shop.ask(query, { from, to })).salesReport.stockTurn
}

test('the sample message of inventory is accepted, repeatedly', async () => {
  const file = new URL(`../inventory/event-samples/${STOCK}.json`, import.meta.url)
  const { data } = JSON.parse(readFileSync(file, 'utf8'))
  for (let time = 0; time < 2; time++) await shop.deliver(STOCK, data, { id: newId('evt') })
  expect(await shop.sql('SELECT on_hand_delta, movements FROM stock_change')).toEqual([
    { on_hand_delta: -31, movements: 12 },
  ])
})

test('stock is weighted by the part of the range in which it existed', async () => {
  await deliverChange('2026-11-01T00:00:00.000Z', 100)
  await deliverChange('2026-11-20T18:00:00.000Z', -80)
  await deliverChange('2026-11-21T00:00:00.000Z', 1_000)
  await shop.sale({ placedAt: '2026-11-20T10:00:00.000Z', lines: [{ quantity: 40 }] })
  await shop.sale({ placedAt: '2026-11-20T10:00:00.000Z', lines: [{ quantity: 9 }], status: 'CANCELLED' })
  expect(await turn()).toEqual({ averageOnHand: 80, unitsSold: 40, turn: 0.5 })
  expect(await turn('2026-11-20T12:00:00Z')).toEqual({ averageOnHand: 60, unitsSold: 0, turn: 0 })
})

test('a range that has not ended is averaged up to now, one that has not begun has none', async () => {
  await deliverChange('2026-11-01T00:00:00.000Z', 100)
  await deliverChange('2026-11-20T12:00:00.000Z', -50)
  now = new Date('2026-11-20T18:00:00.000Z')
  expect((await turn()).averageOnHand).toBeCloseTo(83.333, 3)
  now = new Date('2026-11-20T00:00:00.000Z')
  expect(await turn()).toEqual({ averageOnHand: null, unitsSold: 0, turn: null })
})

test('no stock has no turn', async () => {
  expect(await turn()).toEqual({ averageOnHand: null, unitsSold: 0, turn: null })
  await deliverChange('2026-11-01T00:00:00.000Z', 7)
  await deliverChange('2026-11-02T00:00:00.000Z', -7)
  expect(await turn()).toEqual({ averageOnHand: 0, unitsSold: 0, turn: null })
})

test('the sum of the most entries counts, in any order, more than once, and by replay', async () => {
  const quarter = '2026-11-01T00:00:00.000Z'
  for (const [delta, movements] of [
    [50, 2],
    [20, 4],
    [90, 3],
    [20, 4],
  ] as const)
    await deliverChange(quarter, delta, movements)
  // The second quarter is in the replay only.
  const later = '2026-11-02T00:00:00.000Z'
  const messages = (
    [
      [quarter, 20, 4],
      [quarter, 70, 1],
      [quarter, 90, 3],
      [later, 7, 1],
      [later, 5, 3],
      [later, 6, 2],
    ] as const
  ).map(([of, onHandDelta, movements]) => ({
    ...{ type: STOCK, source: 'inventory', subject: of, sequence: movements, time: of },
    ...{ correlationId: 'test', causationId: null, traceparent: null, replayed: true },
    data: { quarter: of, onHandDelta, movements },
  }))
  for (let time = 0; time < 2; time++)
    await shop.deliver('analytics.replay', {
      messages: messages.map((one) => ({ ...one, id: newId('evt') })),
    })
  expect((await turn()).averageOnHand).toBe(25)
})
