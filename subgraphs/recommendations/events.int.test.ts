import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { readProgress } from '@argyle/kit/progress'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_PURCHASES } from './order-copies.ts'
import { deliverMessages, placed } from './testing/deliver-messages.ts'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'

const DAY_MS = 86_400_000

let shop: OpenRecommendations
beforeAll(async () => {
  shop = await openRecommendations()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** A sample message of its publisher. Subgraphs share such files, never code. */
async function deliverSample(
  publisher: string,
  type: string,
  other: { id?: string; time?: string } = {},
): Promise<void> {
  const file = new URL(`../${publisher}/event-samples/${type}.json`, import.meta.url)
  const { data, ...about } = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  await shop.deliver(type, data, { ...about, ...other })
}

const HEARD = [
  ['products', 'products.product.changed'],
  ['inventory', 'inventory.availability.changed'],
  ['orders', 'orders.order.placed'],
  ['orders', 'orders.order.claimed'],
  ['orders', 'orders.order.cancelled'],
] as const

test('the sample messages of other subgraphs are accepted, in any order and repeatedly', async () => {
  expect(await progress()).toBeNull()
  // Orders of the last 400 days count.
  const time = shop.now().toISOString()
  for (const [publisher, type] of [...HEARD.toReversed(), ...HEARD])
    await deliverSample(publisher, type, { time })
  expect(await shop.sql('SELECT status FROM known_product')).toEqual([{ status: 'ACTIVE' }])
  expect(await shop.sql('SELECT count(*)::int AS orders FROM known_order WHERE is_closed')).toEqual([
    { orders: 1 },
  ])
  await shop.derive()
  expect(await progress()).toBe(time)
})

test('each message advances the time up to which messages are known', async () => {
  for (const [index, [publisher, type]] of HEARD.entries()) {
    const time = new Date(shop.now().getTime() + (index + 1) * 1_000)
    await deliverSample(publisher, type, { id: newId('evt'), time: time.toISOString() })
    expect([type, await readProgress(shop.own.prisma)]).toEqual([type, time])
  }
})

async function progress(): Promise<string | null> {
  const { data } = await shop.execute('{ recommendationsProcessedThrough }')
  return data.recommendationsProcessedThrough
}

/** The purchases of an order, by the messages so far. */
const purchases = (orderId: string) =>
  shop.sql<{ buyer: string; product: string }>(
    'SELECT buyer_id AS buyer, product_id AS product FROM purchase WHERE order_id = $1 ORDER BY 2',
    orderId,
  )

describe('an order', () => {
  test('counts once, and not at all once it is cancelled, also before it is known', async () => {
    const [product = ''] = await shop.products(1)
    const buyer = newId('usr')
    const orderId = await shop.order(buyer, [product, product])
    await shop.order(buyer, [product], { orderId })
    expect(await purchases(orderId)).toEqual([{ buyer, product }])
    await shop.cancel(orderId)
    await shop.cancel(orderId)
    await shop.order(buyer, [product], { orderId })
    expect(await purchases(orderId)).toEqual([])
    const early = newId('ord')
    await shop.cancel(early)
    await shop.order(buyer, [product], { orderId: early })
    expect(await purchases(early)).toEqual([])
  })

  test('of a guest is a buyer of its own, until an account claims it; the first claim counts', async () => {
    const [product = ''] = await shop.products(1)
    const [first, second] = [newId('usr'), newId('usr')]
    const late = await shop.order(null, [product])
    expect(await purchases(late)).toEqual([{ buyer: late, product }])
    await shop.claim(late, first)
    await shop.claim(late, second)
    expect(await purchases(late)).toEqual([{ buyer: first, product }])
    const early = newId('ord')
    await shop.claim(early, second)
    await shop.order(null, [product], { orderId: early })
    expect(await purchases(early)).toEqual([{ buyer: second, product }])
  })

  test('is one, however many messages of it arrive at once', async () => {
    const ids = await shop.products(3)
    const [buyer, orderId] = [newId('usr'), newId('ord')]
    const works: (() => Promise<unknown>)[] = [
      () => shop.order(buyer, ids, { orderId }),
      () => shop.order(null, ids.toReversed(), { orderId }),
      () => shop.claim(orderId, buyer),
      () => shop.order(buyer, ids, { orderId }),
    ]
    await shop.atOnce(works)
    expect(await purchases(orderId)).toEqual(ids.toSorted().map((product) => ({ buyer, product })))
  })

  test('is one in a batch of its messages: it has its account, and the time of the first', async () => {
    const [product = ''] = await shop.products(1)
    const [customerId, orderId] = [newId('usr'), newId('ord')]
    const at = new Date(shop.now().getTime() - DAY_MS)
    const first = { orderId, customerId, at, productIds: [product] }
    const again = { ...first, customerId: null, at: shop.now() }
    await deliverMessages(shop.own.prisma, 'orders.order.placed', [placed(first), placed(again)])
    expect(await purchases(orderId)).toEqual([{ buyer: customerId, product }])
    expect(await shop.sql('SELECT at FROM known_order WHERE order_id = $1', orderId)).toEqual([{ at }])
  })

  test('is claimed or cancelled like others of the same batch', async () => {
    const products = await shop.products(2)
    const orders: { orderId: string; customerId: string }[] = []
    for (const product of products)
      orders.push({ orderId: await shop.order(null, [product]), customerId: newId('usr') })
    let last = 0n
    /** The products that were marked since the last call. */
    const marked = async () => {
      const marks = 'SELECT id, product_id AS product FROM stale_product WHERE id > $1 ORDER BY id'
      const rows = await shop.sql<{ id: bigint; product: string }>(marks, last)
      last = rows.at(-1)?.id ?? last
      return [...new Set(rows.map(({ product }) => product))].toSorted()
    }
    await marked()
    const bought = async () => (await Promise.all(orders.map(({ orderId }) => purchases(orderId)))).flat()
    const messages = orders.map((data) => ({ subject: data.orderId, sequence: 2, data }))
    await deliverMessages(shop.own.prisma, 'orders.order.claimed', messages)
    expect(await bought()).toEqual(
      orders.map(({ customerId }, index) => ({ buyer: customerId, product: products[index] })),
    )
    expect(await marked()).toEqual(products.toSorted())
    await deliverMessages(shop.own.prisma, 'orders.order.cancelled', messages)
    expect(await marked()).toEqual(products.toSorted())
    for (const { orderId } of orders) await shop.order(null, products, { orderId })
    expect(await bought()).toEqual([])
  })

  test('older than 400 days is not counted, nor is its cancellation', async () => {
    const [product = ''] = await shop.products(1)
    const order = (days: number) =>
      shop.order(newId('usr'), [product], { at: new Date(Date.now() - days * DAY_MS) })
    expect(await purchases(await order(401))).toEqual([])
    expect(await purchases(await order(399))).toHaveLength(1)
    const cancel = (days: number) => {
      const orderId = newId('ord')
      const time = new Date(Date.now() - days * DAY_MS).toISOString()
      return shop
        .deliver('orders.order.cancelled', { orderId }, { subject: orderId, time })
        .then(() => orderId)
    }
    const known = async (orderId: string) =>
      (await shop.sql('SELECT FROM known_order WHERE order_id = $1', orderId)).length
    expect([await known(await cancel(401)), await known(await cancel(399))]).toEqual([0, 1])
  })

  test('is deleted if its buyer has 100 newer purchases, in any order of messages', async () => {
    const ids = await shop.products(MAX_PURCHASES + 2)
    const buyer = newId('usr')
    const at = (place: number) => new Date(Date.now() - (ids.length - place) * 60_000)
    const half = MAX_PURCHASES / 2
    for (const place of [half, 1]) {
      const some = place === half ? ids.slice(2, -1) : [ids[place] ?? '']
      await shop.order(buyer, some, { at: at(place) })
    }
    const [mark] = await shop.sql<{ last: bigint }>('SELECT max(id) AS last FROM stale_product')
    for (const place of [MAX_PURCHASES + 1, 0]) await shop.order(buyer, [ids[place] ?? ''], { at: at(place) })
    const deleted = 'SELECT 1 FROM stale_product WHERE id > $1 AND product_id = $2'
    expect(await shop.sql(deleted, mark?.last, ids[1])).not.toEqual([])
    const kept = await shop.sql<{ product: string }>(
      'SELECT product_id AS product FROM purchase WHERE buyer_id = $1 ORDER BY 1',
      buyer,
    )
    expect(kept.map(({ product }) => product)).toEqual([...ids.slice(2)].toSorted())
  })
})

describe('the newest state of a product wins, in any order of messages', () => {
  const inStock = async (productId: string) => {
    const [row] = await shop.sql<{ status: string; in_stock: boolean }>(
      'SELECT status, in_stock FROM known_product WHERE product_id = $1',
      productId,
    )
    return row
  }

  test('of its status and of its stock, also before the product', async () => {
    const [productId, one, two] = [newId('prd'), newId('var'), newId('var')]
    const stock = (variantId: string, status: string, sequence: number) =>
      shop.deliver('inventory.availability.changed', { variantId, status }, { subject: variantId, sequence })
    const product = (status: string, sequence: number) => {
      const data = { productId, status, variants: [{ variantId: one }, { variantId: two }] }
      return shop.deliver('products.product.changed', data, { subject: productId, sequence })
    }
    await stock(one, 'OUT_OF_STOCK', 2)
    await stock(one, 'IN_STOCK', 1)
    await product('ACTIVE', 2)
    await product('DRAFT', 1)
    const [early, variantId] = [newId('prd'), newId('var')]
    await stock(variantId, 'IN_STOCK', 1)
    const known = { productId: early, status: 'ACTIVE', variants: [{ variantId }] }
    await shop.deliver('products.product.changed', known, { subject: early })
    expect(await inStock(early)).toEqual({ status: 'ACTIVE', in_stock: true })
    expect(await inStock(productId)).toEqual({ status: 'ACTIVE', in_stock: false })
    await stock(two, 'LOW_STOCK', 1)
    expect(await inStock(productId)).toEqual({ status: 'ACTIVE', in_stock: true })
    await stock(two, 'BACKORDER', 2)
    await product('ARCHIVED', 3)
    expect(await inStock(productId)).toEqual({ status: 'ARCHIVED', in_stock: false })
  })

  test('of its last two variants, which are sold out at once', async () => {
    const [productId, one, two] = [newId('prd'), newId('var'), newId('var')]
    const stock = (variantId: string, status: string, sequence: number) =>
      shop.deliver('inventory.availability.changed', { variantId, status }, { subject: variantId, sequence })
    const data = { productId, status: 'ACTIVE', variants: [{ variantId: one }, { variantId: two }] }
    await shop.deliver('products.product.changed', data, { subject: productId })
    for (const variantId of [one, two]) await stock(variantId, 'IN_STOCK', 1)
    await shop.atOnce([one, two].map((variantId) => () => stock(variantId, 'OUT_OF_STOCK', 2)))
    expect(await inStock(productId)).toEqual({ status: 'ACTIVE', in_stock: false })
  })
})

test('nothing is published', async () => {
  expect(await shop.outbox()).toEqual([])
})
