import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HALF_LIFE_DAYS, weightAt, weightSql } from './decay.ts'
import { deriveNeighbours, MAX_NEIGHBOURS, markOldLists } from './neighbours.ts'
import { deleteOldRows } from './retention.ts'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

let shop: OpenRecommendations
beforeAll(async () => {
  shop = await openRecommendations()
})
afterAll(() => shop.close())

const lists = () =>
  shop.sql<{ kind: string; id: string; others: string[]; scores: number[] }>(
    'SELECT kind, product_id AS id, others, scores FROM neighbour_list ORDER BY 1, 2',
  )

const listOf = async (kind: string, id: string) =>
  (await lists()).find((list) => list.kind === kind && list.id === id)

async function emptied(): Promise<void> {
  await shop.sql('TRUNCATE purchase, known_order, neighbour_list, stale_product, product_view')
}

test('a weight is the same in SQL', async () => {
  const at = new Date('2026-03-04T05:06:07.089Z')
  for (const halfLife of Object.values(HALF_LIFE_DAYS)) {
    const [row] = await shop.sql<{ weight: number }>(
      `SELECT ${weightSql('$1::timestamptz', halfLife)} AS weight`,
      at,
    )
    expect(row?.weight).toBeCloseTo(weightAt(at, halfLife), 9)
  }
})

test('lists depend neither on the order nor on repetitions of messages: they equal those of a rebuild', async () => {
  const products = await shop.products(12)
  const orders = Array.from({ length: 40 }, (_, place) => ({
    orderId: newId('ord'),
    buyer: place % 3 === 0 ? null : `usr_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c${String(10 + (place % 9))}`,
    productIds: [0, 1, 2].map((step) => products[(place * (step + 1) + step) % 12] ?? ''),
    at: new Date(shop.now().getTime() - place * DAY_MS),
  }))
  const listsAfter = async (some: typeof orders) => {
    for (const { orderId, buyer, productIds, at } of some)
      await shop.order(buyer, productIds, { orderId, at })
  }
  // Little by little, backwards, with repetitions, an order that is cancelled, and derivations in between.
  await listsAfter(orders.slice(20))
  await shop.derive()
  await listsAfter(orders.toReversed())
  await shop.cancel(orders[7]?.orderId ?? '')
  await shop.derive()
  await markOldLists(shop.own.prisma, new Date(shop.now().getTime() + 2 * DAY_MS))
  await shop.derive()
  const grown = await lists()
  expect(grown.length).toBeGreaterThan(12)
  await emptied()
  await listsAfter(orders.filter((_, place) => place !== 7))
  await shop.derive()
  expect(await lists()).toEqual(grown)
})

test('a product keeps its 50 best neighbours, and no list without any', async () => {
  await emptied()
  const products = await shop.products(MAX_NEIGHBOURS + 3)
  const [lonely = '', ...rest] = products
  await shop.order(newId('usr'), [lonely])
  for (let time = 0; time < 3; time++) await shop.order(null, rest)
  for (let time = 0; time < 9; time++) await shop.order(null, [lonely])
  await shop.derive()
  const list = await listOf('ORDER', rest[0] ?? '')
  expect(list?.others).toHaveLength(MAX_NEIGHBOURS)
  expect(await listOf('ORDER', lonely)).toBeUndefined()
})

test('a list is deleted when its orders are', async () => {
  await emptied()
  const [a = '', b = '', c = ''] = await shop.products(3)
  const orders = [await shop.order(null, [a, b]), await shop.order(null, [a, b])]
  await shop.order(null, [c])
  await shop.derive()
  expect((await listOf('ORDER', a))?.others).toEqual([b])
  for (const orderId of orders) await shop.cancel(orderId)
  await shop.derive()
  expect(await lists()).toEqual([])
})

describe('replicas', () => {
  test('derive each product once; one that another replica is deriving is skipped', async () => {
    await emptied()
    const products = await shop.products(45)
    await shop.order(newId('usr'), products)
    const held = 'SELECT pg_advisory_xact_lock(hashtextextended($1 || $2::text, 0))'
    const derived = await shop.whileLocked(held, ['PURCHASE', products[3] ?? ''], () => shop.derive())
    expect(derived).toBe(44)
    expect(await shop.derive()).toBe(1)
    expect(await shop.derive()).toBe(0)
    await shop.order(newId('usr'), products)
    const counts = await shop.manyAtOnce(3, () => shop.derive())
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(45)
  })
})

test('a list is derived again after a day', async () => {
  await emptied()
  const [a = '', b = '', c = ''] = await shop.products(3)
  for (let time = 0; time < 2; time++) await shop.order(null, [a, b])
  await shop.order(null, [c])
  await shop.derive()
  const { prisma } = shop.own
  await markOldLists(prisma, new Date(shop.now().getTime() + 24 * HOUR_MS))
  expect(await shop.derive()).toBe(0)
  const later = new Date(shop.now().getTime() + 24 * HOUR_MS + 1)
  await markOldLists(prisma, later)
  expect(await deriveNeighbours(prisma, 'PURCHASE', later)).toBe(2)
})

describe('rows beyond their retention', () => {
  const columns = {
    purchase: `(order_id, product_id, buyer_id, at) SELECT 'ord_' || $2 || n, 'prd_x', 'usr_x'`,
    known_order: `(order_id, at) SELECT 'ord_' || $2 || n`,
    product_view: `(session, product_id, at) SELECT 'session ' || $2 || n, 'prd_x'`,
  } as const

  test.each([
    ['purchase', 400],
    ['known_order', 401],
    ['product_view', 30],
  ] as const)(
    'of %s are deleted after %d days, more than a batch of them; a locked row waits',
    async (table, days) => {
      await emptied()
      const insert = (name: string, count: number, age: number) =>
        shop.sql(
          `INSERT INTO ${table} ${columns[table]}, $3::timestamptz FROM generate_series(1, $1::int) n`,
          count,
          name,
          new Date(shop.now().getTime() - age * DAY_MS),
        )
      await insert('old', 1_002, days + 0.01)
      await insert('young', 2, days - 0.01)
      const id = table === 'product_view' ? 'session' : 'order_id'
      await shop.whileLocked(`SELECT FROM ${table} WHERE ${id} LIKE '%old7' FOR UPDATE`, [], () =>
        deleteOldRows(shop.own.prisma, shop.now()),
      )
      const left = await shop.sql<{ id: string }>(`SELECT ${id} AS id FROM ${table} ORDER BY 1`)
      expect(left.map((row) => row.id.replace(/^\w+[_ ]/, ''))).toEqual(['old7', 'young1', 'young2'])
    },
  )
})
