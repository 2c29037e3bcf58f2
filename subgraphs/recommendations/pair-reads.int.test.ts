import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HALF_LIFE_DAYS, weightAt } from './decay.ts'
import {
  halfLifeOf,
  MAX_COMPARED,
  MAX_COUNTED,
  MAX_TRIALS,
  POPULARITY,
  readAllWeight,
  readPairs,
  readWeights,
} from './pair-reads.ts'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'

const DAY_MS = 86_400_000

let shop: OpenRecommendations
beforeAll(async () => {
  shop = await openRecommendations()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['purchase ('])

const at = (days: number) => new Date(shop.now().getTime() - days * DAY_MS)
const weight = (days: number) => weightAt(at(days), HALF_LIFE_DAYS.PURCHASE)

/** Orders of one product, each of a buyer of its own, as many as a shop sells in years. */
const insert = (count: number, product: string, name: string, days: number) =>
  shop.sql(
    `INSERT INTO purchase (order_id, product_id, buyer_id, at)
     SELECT $3 || n, $2, $3 || n, $4::timestamptz FROM generate_series(1, $1::int) n`,
    count,
    product,
    name,
    at(days),
  )

test('a pair has the weight of the older product of each trial, a product that of its newest event', async () => {
  const [a = '', b = ''] = await shop.products(2)
  const [one, two] = [newId('usr'), newId('usr')]
  await shop.order(one, [a], { at: at(10) })
  await shop.order(one, [a], { at: at(1) })
  await shop.order(one, [b], { at: at(5) })
  await shop.order(two, [a, b], { at: at(20) })
  const { prisma } = shop.own
  const [pair, ...others] = await readPairs(prisma, 'BUYER', [a])
  expect(others).toEqual([])
  expect(pair).toMatchObject({ first: a, second: b })
  expect(pair?.both).toBeCloseTo(weight(5) + weight(20), 9)
  expect(pair?.firstWeight).toBeCloseTo(weight(1) + weight(20), 9)
  expect((await readWeights(prisma, 'BUYER', [a, b])).get(b)).toBeCloseTo(weight(5) + weight(20), 9)
  expect(await readAllWeight(prisma, 'BUYER')).toBeCloseTo(weight(1) + weight(20), 9)
  expect(await readAllWeight(prisma, 'ORDER')).toBeCloseTo(weight(10) + weight(1) + weight(5) + weight(20), 9)
  // One order alone has both, and one person is too few to show.
  expect(await readPairs(prisma, 'ORDER', [a])).toEqual([])
})

test('neighbours are counted in the 1,000 newest trials of a product', async () => {
  const { prisma } = shop.own
  // They are stored the oldest first.
  for (const [name, days] of [
    ['old ', 3],
    ['late ', 2],
  ] as const)
    for (const product of ['prd_x', `prd_${name}`]) await insert(2, product, name, days)
  await insert(MAX_TRIALS - 2, 'prd_x', 'new ', 1)
  expect((await readPairs(prisma, 'ORDER', ['prd_x'])).map(({ second }) => second)).toEqual(['prd_late '])
})

test('views count by half after 14 days, purchases after 180', () => {
  expect((['ORDER', 'BUYER', 'VIEW'] as const).map(halfLifeOf)).toEqual([180, 180, 14])
})

test('the 200 neighbours with most trials in common are compared', async () => {
  const { prisma } = shop.own
  await shop.sql(
    `INSERT INTO purchase (order_id, product_id, buyer_id, at)
     SELECT 'many ' || n, product, 'many ' || n, now()
       FROM generate_series(1, 3) n, unnest(ARRAY['prd_m'] || ARRAY(SELECT 'prd_m' || i FROM generate_series(1, $1::int) i)) AS product
      WHERE n < 3 OR product <> 'prd_m1'`,
    MAX_COMPARED + 1,
  )
  const seconds = (await readPairs(prisma, 'ORDER', ['prd_m'])).map(({ second }) => second)
  expect(seconds).toHaveLength(MAX_COMPARED)
  expect(seconds).not.toContain('prd_m1')
})

test('the weight of a product is that of its 20,000 newest events, and so is its popularity', async () => {
  await insert(1, 'prd_w', 'older', 1)
  await insert(MAX_COUNTED, 'prd_w', 'w', 0)
  const popular = await shop.sql<{ id: string; popularity: number }>(
    `SELECT product_id AS id, popularity FROM (${POPULARITY}) AS counted ORDER BY 1`,
    ['prd_nothing', 'prd_w'],
  )
  const unit = weightAt(at(0), HALF_LIFE_DAYS.POPULARITY)
  expect(popular.map(({ id, popularity }) => [id, Math.round(popularity / unit)])).toEqual([
    ['prd_nothing', 0],
    ['prd_w', MAX_COUNTED],
  ])
  const weights = await readWeights(shop.own.prisma, 'ORDER', ['prd_w', 'prd_nothing'])
  expect((weights.get('prd_w') ?? 0) / weight(0)).toBeCloseTo(MAX_COUNTED, 6)
  expect(weights.get('prd_nothing') ?? 0).toBe(0)
})

test('the weight of all trials is that of the newest events, up to a bound', async () => {
  await shop.sql('TRUNCATE purchase')
  await insert(7, 'prd_all', 'all ', 0)
  await insert(1, 'prd_all', 'older', 1)
  const { prisma } = shop.own
  const all = (weight(0) * 7 + weight(1)) / weight(0)
  expect((await readAllWeight(prisma, 'ORDER', 7)) / weight(0)).toBeCloseTo(7, 9)
  expect((await readAllWeight(prisma, 'ORDER', 8)) / weight(0)).toBeCloseTo(all, 9)
  expect((await readAllWeight(prisma, 'ORDER')) / weight(0)).toBeCloseTo(all, 9)
})
