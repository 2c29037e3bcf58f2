import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deliverMessages, placed } from './testing/deliver-messages.ts'
import { type OpenRecommendations, openRecommendations, type Shown } from './testing/open-recommendations.ts'

const DAY_MS = 86_400_000

let shop: OpenRecommendations
beforeAll(async () => {
  shop = await openRecommendations()
})
afterAll(() => shop.close())

const ids = (list: readonly Shown[] | null) => list?.map(({ product }) => product.id)
const reasons = (list: readonly Shown[]) => new Map(list.map(({ product, reason }) => [product.id, reason]))

/** Ten buyers of two products, in one order or two; another ten of a third product, so that there is somebody else. */
async function pairOf({ inOneOrder }: { inOneOrder: boolean }): Promise<[string, string, string]> {
  const [a = '', b = '', c = ''] = await shop.products(3)
  for (let count = 0; count < 10; count++) {
    const buyer = newId('usr')
    const orders = inOneOrder ? [[a, b]] : [[a], [b]]
    for (const order of orders) await shop.order(buyer, order)
    await shop.order(newId('usr'), [c])
  }
  await shop.derive()
  return [a, b, c]
}

async function own(userId: string, first?: number): Promise<Shown[]> {
  const { data, errors } = await shop.recommended(userId, first)
  expect(errors).toEqual([])
  return data._entities[0].recommendations
}

describe('Product.related', () => {
  test('has what is bought in one order first, best first, then what sells; never itself', async () => {
    const [a, b, c] = await pairOf({ inOneOrder: true })
    const list = await shop.related(a)
    expect(list[0]).toMatchObject({ product: { id: b }, reason: 'BOUGHT_TOGETHER' })
    expect(reasons(list).get(c)).toBe('POPULAR_FALLBACK')
    expect(ids(list)).not.toContain(a)
    expect(list.map(({ score }) => score)).toEqual(list.map(({ score }) => score).toSorted((x, y) => y - x))
    expect(list.at(-1)?.score).toBe(0)
  })

  test('has what the same people buy in different orders', async () => {
    const [a, b] = await pairOf({ inOneOrder: false })
    expect((await shop.related(a))[0]).toMatchObject({ product: { id: b }, reason: 'SIMILAR_BUYERS' })
  })

  test('is empty for pairs of a single buyer', async () => {
    const [a = '', b = ''] = await shop.products(2)
    const buyer = newId('usr')
    for (let count = 0; count < 3; count++) await shop.order(buyer, [a, b])
    await shop.derive()
    expect(reasons(await shop.related(a)).get(b) ?? 'POPULAR_FALLBACK').toBe('POPULAR_FALLBACK')
  })

  test('is the same for everybody', async () => {
    const [a] = await pairOf({ inOneOrder: true })
    const seen = await shop.related(a, 50, anonymous)
    for (const viewer of [customer(newId('usr')), staff('catalog:write')])
      expect(await shop.related(a, 50, viewer)).toEqual(seen)
  })

  test('excludes products that are archived or out of stock, until they return', async () => {
    const [a, b] = await pairOf({ inOneOrder: true })
    const [row] = await shop.sql<{ id: string }>(
      'SELECT variant_id AS id FROM known_variant WHERE product_id = $1',
      b,
    )
    const variantId = row?.id ?? ''
    const stock = (status: string, sequence: number) =>
      shop.deliver('inventory.availability.changed', { variantId, status }, { subject: variantId, sequence })
    const product = (status: string, sequence: number) =>
      shop.deliver(
        'products.product.changed',
        { productId: b, status, variants: [{ variantId }] },
        { subject: b, sequence },
      )
    await stock('OUT_OF_STOCK', 2)
    expect(ids(await shop.related(a))).not.toContain(b)
    await stock('LOW_STOCK', 3)
    expect(ids(await shop.related(a, 1))).toEqual([b])
    await product('ARCHIVED', 2)
    expect(ids(await shop.related(a))).not.toContain(b)
    await product('ACTIVE', 3)
    expect(ids(await shop.related(a, 1))).toEqual([b])
  })

  test('has popular products for an unknown product', async () => {
    const list = await shop.related(newId('prd'), 3)
    expect(list.map(({ reason }) => reason)).toEqual(Array(3).fill('POPULAR_FALLBACK'))
  })
})

describe('User.recommendations', () => {
  test('has products of similar buyers, without the user’s own purchases', async () => {
    const [a, b] = await pairOf({ inOneOrder: false })
    const user = newId('usr')
    const orderId = await shop.order(user, [a])
    await shop.derive()
    expect((await own(user))[0]).toMatchObject({ product: { id: b }, reason: 'SIMILAR_BUYERS' })
    expect(ids(await own(user))).not.toContain(a)
    await shop.cancel(orderId)
    expect(reasons(await own(user)).get(a)).toBe('POPULAR_FALLBACK')
  })

  test('weighs a product by its last purchase', async () => {
    const [product = ''] = await shop.products(1)
    const userId = newId('usr')
    const [last, ...earlier] = [1, 20, 10].map((days) => new Date(shop.now().getTime() - days * DAY_MS))
    for (const at of [last, ...earlier]) await shop.order(userId, [product], { at })
    expect(await shop.own.reads.historyOf([userId])).toEqual([{ userId, productId: product, at: last }])
  })

  test('counts a claimed order of a guest', async () => {
    const [a, b] = await pairOf({ inOneOrder: false })
    const user = newId('usr')
    const orderId = await shop.order(null, [a])
    expect(reasons(await own(user)).get(b)).toBe('POPULAR_FALLBACK')
    await shop.claim(orderId, user)
    expect((await own(user))[0]).toMatchObject({ product: { id: b }, reason: 'SIMILAR_BUYERS' })
  })

  test('has popular products for a new user, by the newest sales', async () => {
    const [old = '', young = ''] = await shop.products(2)
    for (let count = 0; count < 60; count++) {
      const at = new Date(Date.now() - (count < 40 ? 120 : 0) * DAY_MS)
      await shop.order(newId('usr'), [count < 40 ? old : young], { at })
    }
    await shop.derive()
    const list = ids(await own(newId('usr'))) ?? []
    expect(list.indexOf(young)).toBeLessThan(list.indexOf(old))
    expect(list.indexOf(old)).toBeGreaterThan(-1)
  })

  test('has as many products as requested, also for a user who bought the most popular ones', async () => {
    const products = await shop.products(150)
    const user = newId('usr')
    await shop.order(user, products.slice(0, 100))
    await shop.derive()
    const list = await own(user, 50)
    expect(list).toHaveLength(50)
    expect(ids(list)?.filter((id) => products.indexOf(id) < 100 && products.includes(id))).toEqual([])
  })

  test('is null for other users, and an error for anonymous callers', async () => {
    const user = newId('usr')
    for (const viewer of [customer(newId('usr')), staff('support:read', 'users:read', 'analytics:read')]) {
      const { data, errors } = await shop.recommended(user, 5, viewer)
      expect([data._entities[0].recommendations, errors]).toEqual([null, []])
    }
    const { data, errors } = await shop.recommended(user, 5, anonymous)
    expect(data._entities[0].recommendations).toBeNull()
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    const bare = { kind: 'user', id: user, sessionId: '', scopes: new Set<string>() } as const
    expect((await shop.recommended(user, 5, bare)).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ])
  })
})

test('anyone can read how current the lists are: up to the oldest purchase that is not derived yet', async () => {
  const read = async (viewer = anonymous) =>
    (await shop.execute('{ recommendationsProcessedThrough }', {}, viewer)).data
      .recommendationsProcessedThrough
  await shop.derive()
  const before = await read()
  const [product = ''] = await shop.products(1)
  const at = new Date(Date.now() - DAY_MS)
  await shop.order(newId('usr'), [product], { at })
  expect(await read()).toBe(at.toISOString())
  await shop.derive()
  const after = await read(staff())
  expect(Date.parse(after)).toBeGreaterThanOrEqual(Date.parse(before))
  // A view that is not derived yet does not hold it back.
  await shop.sql(
    `INSERT INTO stale_product (source, product_id, event_at) VALUES ('VIEW', $1, $2)`,
    product,
    at,
  )
  expect(await read()).toBe(after)
  const orders = [1, 2].map((days) => ({
    ...{ orderId: newId('ord'), customerId: newId('usr'), productIds: [product] },
    at: new Date(Date.now() - days * DAY_MS),
  }))
  await deliverMessages(shop.own.prisma, 'orders.order.placed', orders.map(placed))
  expect(await read()).toBe(orders[1]?.at.toISOString())
  await shop.derive()
  const cancelled = [3, 2].map((days, index) => ({
    ...{ subject: orders[index]?.orderId ?? '', sequence: 2, data: { orderId: orders[index]?.orderId } },
    at: new Date(Date.now() - days * DAY_MS),
  }))
  await deliverMessages(shop.own.prisma, 'orders.order.cancelled', cancelled)
  expect(await read()).toBe(cancelled[0]?.at.toISOString())
})
