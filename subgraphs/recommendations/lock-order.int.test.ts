import type { Tx } from '@argyle/kit/database'
import { newId } from '@argyle/kit/ids'
import { sequentialDatabase } from '@argyle/kit/testing/row-order'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deliverMessages, type Message, placed } from './testing/deliver-messages.ts'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'

// Concurrent messages lock the same rows in the same order. Without indexes, only ORDER BY gives rows an order.

let shop: OpenRecommendations
beforeAll(async () => {
  shop = await openRecommendations({ database: await sequentialDatabase('recommendations') })
})
afterAll(() => shop.close())

type Batch = readonly [type: Parameters<typeof deliverMessages>[1], messages: readonly Message[]]
/** Passes a batch to its listener. The transaction stays open until `hold` settles. */
function deliver([type, messages]: Batch, hold = async () => {}): Promise<void> {
  const { prisma } = shop.own
  const $transaction = <R>(work: (tx: Tx) => Promise<R>): Promise<R> =>
    prisma.$transaction(async (tx) => {
      const result = await work(tx)
      await hold()
      return result
    })
  return deliverMessages({ ...prisma, $transaction }, type, messages)
}

const three = (kind: 'ord' | 'prd' | 'var') => [newId(kind), newId(kind), newId(kind)].toSorted()
const order = (orderId: string): Message =>
  placed({ orderId, customerId: null, at: shop.now(), productIds: [newId('prd')] })
const claim = (orderId: string): Message => ({
  ...{ subject: orderId, sequence: 2 },
  data: { orderId, customerId: newId('usr') },
})
const product = (productId: string, variantIds: readonly string[] = []): Message => ({
  ...{ subject: productId, sequence: 2 },
  data: { productId, status: 'ACTIVE', variants: variantIds.map((variantId) => ({ variantId })) },
})
const stock = (variantId: string, status = 'IN_STOCK', sequence = 2): Message => ({
  ...{ subject: variantId, sequence },
  data: { variantId, status },
})

/** Each case: the rows that both batches lock, the batch that makes these rows, and one that changes them. */
const CASES: readonly [
  name: string,
  kind: 'ord' | 'prd' | 'var',
  row: readonly [table: string, key: string],
  make: (ids: readonly string[]) => Batch,
  change: (ids: readonly string[]) => Batch,
][] = [
  [
    'orders that are placed',
    'ord',
    ['known_order', 'order_id'],
    (ids) => ['orders.order.placed', ids.map(order)],
    (ids) => ['orders.order.placed', ids.map(order)],
  ],
  [
    'orders that are claimed',
    'ord',
    ['known_order', 'order_id'],
    (ids) => ['orders.order.placed', ids.map(order)],
    (ids) => ['orders.order.claimed', ids.map(claim)],
  ],
  [
    'orders that are cancelled',
    'ord',
    ['known_order', 'order_id'],
    (ids) => ['orders.order.placed', ids.map(order)],
    (ids) => ['orders.order.cancelled', ids.map(claim)],
  ],
  [
    'products',
    'prd',
    ['known_product', 'product_id'],
    (ids) => ['products.product.changed', ids.map((id) => product(id))],
    (ids) => ['products.product.changed', ids.map((id) => product(id))],
  ],
  [
    'variants of a product',
    'var',
    ['known_variant', 'variant_id'],
    (ids) => ['inventory.availability.changed', ids.map((id) => stock(id))],
    (ids) => ['products.product.changed', [product(newId('prd'), ids)]],
  ],
  [
    'variants without a product',
    'var',
    ['known_variant', 'variant_id'],
    (ids) => ['inventory.availability.changed', ids.map((id) => stock(id))],
    (ids) => ['inventory.availability.changed', ids.map((id) => stock(id))],
  ],
]

test.each(CASES)(
  'two batches of the same %s do not deadlock',
  async (_, kind, [table, key], make, change) => {
    const ids = three(kind)
    await deliver(make(ids))
    const lock = `SELECT 1 FROM ${table} WHERE ${key} = $1 FOR UPDATE`
    const works = await shop.whileLocked(lock, [ids[1]], async () => {
      const first = deliver(change(ids))
      await shop.untilWaiting(1, [first])
      const second = deliver(change(ids.toReversed()))
      await shop.untilWaiting(2, [first, second])
      return [first, second]
    })
    expect(await Promise.allSettled(works)).toMatchObject(works.map(() => ({ status: 'fulfilled' })))
  },
)

const inStock = async (productId: string) => {
  const [row] = await shop.sql<{ isInStock: boolean }>(
    'SELECT in_stock AS "isInStock" FROM known_product WHERE product_id = $1',
    productId,
  )
  return row?.isInStock
}
const LOCK_PRODUCT = 'SELECT 1 FROM known_product WHERE product_id = $1 FOR UPDATE'

test('a batch of stock locks its products in the order of their ids, however they are stored', async () => {
  const [first = '', second = ''] = three('prd')
  const variants = [newId('var'), newId('var')]
  const [one = '', two = ''] = variants
  await deliver(['products.product.changed', [product(first, [one]), product(second, [two])]])
  // An update stores the first product behind the other one.
  await shop.sql('UPDATE known_product SET status = status WHERE product_id = $1', first)
  const { batch, free } = await shop.whileLocked(LOCK_PRODUCT, [first], async () => {
    const batch = deliver(['inventory.availability.changed', variants.map((id) => stock(id))])
    await shop.untilWaiting(1, [batch])
    const unlocked =
      'SELECT product_id AS id FROM known_product WHERE product_id = ANY($1::text[]) FOR UPDATE SKIP LOCKED'
    return { batch: [batch], free: await shop.sql(unlocked, [first, second]) }
  })
  await batch[0]
  expect(free).toEqual([{ id: second }])
  expect([await inStock(first), await inStock(second)]).toEqual([true, true])
})

/** The part of a message that gives a variant in stock to a product. */
const ADOPT = `
WITH product AS (UPDATE known_product SET in_stock = true WHERE product_id = $2)
UPDATE known_variant SET product_id = $2 WHERE variant_id = $1 RETURNING 1`

test('the stock of a variant that gets its product meanwhile is derived after that of the other variant', async () => {
  const [productId, known, late] = [newId('prd'), newId('var'), newId('var')]
  await deliver(['products.product.changed', [product(productId, [known])]])
  await deliver(['inventory.availability.changed', [stock(late)]])
  const works = await shop.whileLocked(ADOPT, [late, productId], async () => {
    const sale = deliver(['inventory.availability.changed', [stock(late, 'OUT_OF_STOCK', 3)]])
    await shop.untilWaiting(1, [sale])
    // It waits for the product, and is open until the sale waits for it.
    const arrival = deliver(['inventory.availability.changed', [stock(known)]], () =>
      shop.untilWaiting(1, [sale]),
    )
    await shop.untilWaiting(2, [sale, arrival])
    return [sale, arrival]
  })
  await Promise.all(works)
  expect(await inStock(productId)).toBe(true)
})

test('the stock of a variant and its product change at once, without a deadlock', async () => {
  const [productId, variantId] = [newId('prd'), newId('var')]
  await deliver(['products.product.changed', [product(productId, [variantId])]])
  const works = await shop.whileLocked(LOCK_PRODUCT, [productId], async () => {
    const change = deliver([
      'products.product.changed',
      [{ ...product(productId, [variantId]), sequence: 3 }],
    ])
    await shop.untilWaiting(1, [change])
    const arrival = deliver(['inventory.availability.changed', [stock(variantId)]])
    await shop.untilWaiting(2, [change, arrival])
    return [change, arrival]
  })
  expect(await Promise.allSettled(works)).toMatchObject(works.map(() => ({ status: 'fulfilled' })))
  expect(await inStock(productId)).toBe(true)
})

const LOCK_PROGRESS = `INSERT INTO progress AS kept (slot, through) SELECT slot, '2026-11-01' FROM generate_series(0, 15) AS slot
  ON CONFLICT (slot) DO UPDATE SET through = kept.through RETURNING slot`

test('the stock of two variants of a product is derived one after the other', async () => {
  const [productId, ...variants] = [newId('prd'), newId('var'), newId('var')]
  await deliver(['products.product.changed', [product(productId, variants)]])
  await deliver(['inventory.availability.changed', variants.map((id) => stock(id))])
  // Each sale waits here with all that it has written.
  const sales = await shop.whileLocked(LOCK_PROGRESS, [], async () => {
    const works = variants.map((id) =>
      deliver(['inventory.availability.changed', [stock(id, 'OUT_OF_STOCK', 3)]]),
    )
    await shop.untilWaiting(2, works)
    return works
  })
  await Promise.all(sales)
  expect(await inStock(productId)).toBe(false)
})
