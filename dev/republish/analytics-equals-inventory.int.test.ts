import { analytics } from '@argyle/analytics/subgraph'
import { inventory } from '@argyle/inventory/subgraph'
import type { Envelope } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { staff, type TestSubgraph, testSubgraph } from '@argyle/kit/testing/subgraph'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Plan } from '../seed/plan.ts'
import { seedShop } from '../seed/seed-shop.ts'

const plan: Plan = { seed: 1, size: 'tiny', today: Date.parse('2026-11-21') }

let database: TestDatabase
let client: pg.Client
let owner: TestSubgraph
let shop: TestSubgraph
beforeAll(async () => {
  database = await testDatabase('inventory')
  await seedShop({ plan, urlOf: () => database.url, only: ['inventory'], passwordHash: async () => '' })
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  owner = await testSubgraph(inventory, { database })
  shop = await testSubgraph(analytics)
})
afterAll(async () => {
  await client?.end()
  await shop?.close()
  await owner?.close()
})

/** Replays the history of inventory to analytics, the last page first, each page twice. */
async function replayBackwards(): Promise<void> {
  const pages: Envelope[][] = []
  for (const part of inventory.history ?? [])
    for (let after: string | null = null; ; ) {
      const history = await part(owner.resources, { after, limit: 7, since: null, recipient: 'analytics' })
      const last = history.at(-1)
      if (!last) break
      pages.push(
        history.map(({ event, time }): Envelope => {
          const cause = { correlationId: 'test', causationId: null, traceparent: null }
          const about = { id: newId('evt'), source: 'inventory', time: time.toISOString() }
          return { ...about, ...event, ...cause, replayed: true }
        }),
      )
      after = last.cursor
    }
  expect(pages.length).toBeGreaterThan(3)
  for (const messages of pages.toReversed())
    for (let time = 0; time < 2; time++) await shop.deliver('analytics.replay', { messages })
}

async function averageOf(from: string, to: string): Promise<number> {
  const query = `query ($from: DateTime!, $to: DateTime!) {
    salesReport(from: $from, to: $to, bucket: MONTH) { stockTurn { averageOnHand } } }`
  const { data, errors } = await shop.execute(query, { from, to }, staff('analytics:read'))
  expect(errors).toEqual([])
  return data.salesReport.stockTurn.averageOnHand
}

/** The mean of the units on hand after each quarter of an hour of the range, by the ledger of inventory. */
async function meanOf(from: string, to: string): Promise<number> {
  const { rows } = await client.query(
    `SELECT avg((SELECT COALESCE(sum(on_hand_delta), 0) FROM stock_movement m WHERE m.at < t + interval '15 minutes'))::float8 AS mean
       FROM generate_series($1::timestamptz, $2::timestamptz - interval '15 minutes', '15 minutes') t`,
    [from, to],
  )
  return rows[0].mean
}

test.each([
  ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'],
  ['2026-11-14T00:00:00Z', '2026-11-21T00:00:00Z'],
  ['2026-08-01T00:00:00Z', '2026-08-03T00:00:00Z'],
])('the average stock from %s to %s is that of the ledger', async (from, to) => {
  await replayBackwards()
  const mean = await meanOf(from, to)
  expect(mean).toBeGreaterThan(0)
  expect(await averageOf(from, to)).toBeCloseTo(mean, 6)
})

test('after all messages, the sum of the changes is the stock of all levels', async () => {
  await replayBackwards()
  const [sums] = await shop.resources.prisma.$queryRawUnsafe<{ sum: bigint }[]>(
    'SELECT sum(on_hand_delta) AS sum FROM stock_change',
  )
  const { rows } = await client.query('SELECT sum(on_hand) AS sum FROM stock_level')
  expect(Number(sums?.sum)).toBe(Number(rows[0].sum))
})
