import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HALF_LIFE_DAYS, weightAt, weightSql } from './decay.ts'
import { deriveNeighbours, MAX_NEIGHBOURS, markOldLists } from './neighbours.ts'
import { deleteOldRows } from './retention.ts'
import { similarity } from './similarity.ts'
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

test('a list is deleted when its orders are, and that of views stays', async () => {
  await emptied()
  const [a = '', b = '', c = ''] = await shop.products(3)
  for (const sessionId of ['session-that-stays-1', 'session-that-stays-2'])
    for (const productId of [a, b]) await shop.view({ productId, sessionId, consent: true })
  await shop.view({ productId: c, sessionId: 'session-that-stays-3', consent: true })
  await shop.derive('VIEW')
  const views = await lists()
  expect(views.map(({ kind }) => kind)).toEqual(['VIEW', 'VIEW'])
  const orders = [await shop.order(null, [a, b]), await shop.order(null, [a, b])]
  await shop.order(null, [c])
  await shop.derive()
  expect((await listOf('ORDER', a))?.others).toEqual([b])
  for (const orderId of orders) await shop.cancel(orderId)
  await shop.derive()
  expect(await lists()).toEqual(views)
})

test('a list of buyers loses a product when its order is cancelled, though the other product is in another order', async () => {
  await emptied()
  const [a = '', b = '', c = ''] = await shop.products(3)
  const cancelled: string[] = []
  for (const buyer of [newId('usr'), newId('usr')]) {
    await shop.order(buyer, [a])
    cancelled.push(await shop.order(buyer, [b]))
  }
  await shop.order(null, [c])
  await shop.derive()
  expect((await listOf('BUYER', a))?.others).toEqual([b])
  for (const orderId of cancelled) await shop.cancel(orderId)
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

test('a run derives what was marked before it began', async () => {
  await emptied()
  const [early = '', late = ''] = await shop.products(2)
  const mark = (productId: string) =>
    shop.sql(
      `INSERT INTO stale_product (source, product_id, event_at) VALUES ('PURCHASE', $1, now())`,
      productId,
    )
  await mark(early)
  const { prisma } = shop.own
  const $transaction = async (work: Parameters<typeof prisma.$transaction>[0]) => {
    const outcome = await prisma.$transaction(work)
    await mark(late)
    return outcome
  }
  const marking = new Proxy(prisma, {
    get: (target, name) => (name === '$transaction' ? $transaction : Reflect.get(target, name)),
  })
  expect(await deriveNeighbours(marking, 'PURCHASE', shop.now())).toBe(1)
  expect(await shop.derive()).toBe(1)
})

test('a product that another replica has derived since the claim of a run began is not derived again', async () => {
  await emptied()
  const products = await shop.products(2)
  await shop.order(newId('usr'), products)
  const { prisma } = shop.own
  type Work = Parameters<typeof prisma.$transaction>[0]
  // The other replica has committed between the snapshot of the claim and its locks: the claim has the products, whose marks are gone.
  const lateTx = (tx: Parameters<Work>[0]) => ({
    ...{ $executeRawUnsafe: tx.$executeRawUnsafe },
    async $queryRawUnsafe(sql: string, ...values: unknown[]) {
      const rows = await tx.$queryRawUnsafe(sql, ...values)
      if (sql.includes('pg_try_advisory_xact_lock')) await tx.$executeRawUnsafe('DELETE FROM stale_product')
      return rows
    },
  })
  // A run uses these two functions of the transaction.
  const $transaction = (work: Work) => prisma.$transaction((tx) => work(lateTx(tx) as typeof tx))
  const late = new Proxy(prisma, {
    get: (target, name) => (name === '$transaction' ? $transaction : Reflect.get(target, name)),
  })
  expect(await deriveNeighbours(late, 'PURCHASE', shop.now())).toBe(0)
})

test('a list is derived again after a day, that of views by the run of views', async () => {
  await emptied()
  const [a = '', b = '', c = ''] = await shop.products(3)
  for (let time = 0; time < 2; time++) await shop.order(null, [a, b])
  await shop.order(null, [c])
  for (const session of ['session-of-two-products', 'another-of-two-products'])
    for (const productId of [a, b]) await shop.view({ productId, sessionId: session, consent: true })
  await shop.view({ productId: c, sessionId: 'session-of-one-product', consent: true })
  expect(await shop.derive('VIEW')).toBe(3)
  await shop.derive()
  // A trial of now has the weight 1.
  const score = similarity({ both: 2, first: 2, second: 2, all: 3 })
  expect(await listOf('ORDER', a)).toMatchObject({ others: [b], scores: [expect.closeTo(score, 6)] })
  const { prisma } = shop.own
  await markOldLists(prisma, new Date(shop.now().getTime() + 24 * HOUR_MS))
  expect(await shop.derive()).toBe(0)
  const later = new Date(shop.now().getTime() + 24 * HOUR_MS + 1)
  await markOldLists(prisma, later)
  expect(await deriveNeighbours(prisma, 'PURCHASE', later)).toBe(2)
  expect(await deriveNeighbours(prisma, 'VIEW', later)).toBe(2)
  await markOldLists(prisma, later)
  expect(await deriveNeighbours(prisma, 'PURCHASE', later)).toBe(0)
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

test('the timers of recommendations, with their periods', () => {
  const [SECOND_MS, { timers }] = [1_000, shop]
  expect(timers).toEqual({
    ...{ 'derive-purchases': 30 * SECOND_MS, 'derive-views': 10 * SECOND_MS },
    ...{ 'publish-view-counts': 30 * SECOND_MS, 'mark-old-lists': HOUR_MS, 'forget-view-counts': HOUR_MS },
    ...{ 'forget-old': HOUR_MS, 'erase-deleted-users': HOUR_MS, 'forget-throttles': HOUR_MS },
  })
})

test('timers derive lists, publish counts, and delete what is old', async () => {
  await emptied()
  await shop.sql('TRUNCATE quarter_count, throttle, deleted_user, outbox_message')
  const count = async (table: string) => (await shop.sql(`SELECT FROM ${table}`)).length
  const [a = '', b = '', c = ''] = await shop.products(3)
  for (const sessionId of ['session-of-timers-1', 'session-of-timers-2'])
    for (const productId of [a, b]) await shop.view({ productId, sessionId, consent: true })
  await shop.view({ productId: c, sessionId: 'session-of-timers-3', consent: true })
  for (let time = 0; time < 2; time++) await shop.order(null, [a, b])
  const deleted = newId('usr')
  await shop.order(deleted, [c])
  await shop.sql(
    `INSERT INTO deleted_user (user_id, deleted_at, due_at) VALUES ($1, $2, $2)`,
    deleted,
    shop.now(),
  )

  const kinds = async () => [...new Set((await lists()).map(({ kind }) => kind))]
  await shop.runTimer('derive-views')
  expect(await kinds()).toEqual(['VIEW'])
  await shop.runTimer('derive-purchases')
  expect(await kinds()).toEqual(['BUYER', 'ORDER', 'VIEW'])
  expect(await count('stale_product')).toBe(0)
  await shop.runTimer('erase-deleted-users')
  expect((await shop.sql<{ buyer: string }>('SELECT DISTINCT buyer_id AS buyer FROM purchase')).length).toBe(
    2,
  )
  await shop.runTimer('publish-view-counts')
  expect((await shop.outbox()).map(({ type }) => type)).toEqual(['recommendations.view.counted'])
  shop.pass(24 * HOUR_MS + 1)
  await shop.sql('TRUNCATE stale_product')
  await shop.runTimer('mark-old-lists')
  expect(await count('stale_product')).toBe(4)
  shop.pass(801 * DAY_MS)
  const old = ['product_view', 'purchase', 'quarter_count', 'throttle']
  for (const table of old) expect(await count(table)).toBeGreaterThan(0)
  for (const name of ['forget-old', 'forget-view-counts', 'forget-throttles']) await shop.runTimer(name)
  for (const table of old) expect([table, await count(table)]).toEqual([table, 0])
})
