import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { weightAt } from './popularity.ts'
import { type OpenSearch, openSearch } from './testing/open-search.ts'

let shop: OpenSearch
beforeAll(async () => {
  shop = await openSearch()
})
afterAll(() => shop.close())

const LOCK_ORDER = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text'

/** Delivers messages as a republication does: in one transaction. */
const replay = (source: string, messages: readonly object[]) =>
  shop.deliver('search.replay', {
    messages: messages.map((message) => ({
      ...{ id: newId('evt'), source, time: new Date().toISOString() },
      ...{ correlationId: 'test', causationId: null, traceparent: null, replayed: true },
      ...message,
    })),
  })

const placed = (orderId: string, productId: string) => ({
  ...{ type: 'orders.order.placed', subject: orderId, sequence: 1 },
  data: { orderId, lines: [{ productId, quantity: 1 }] },
})
const withdrawn = (orderId: string) => ({
  ...{ type: 'orders.order.cancelled', subject: orderId, sequence: 2 },
  data: { orderId },
})

test('a replay counts all orders of a product, and takes back all that were cancelled', async () => {
  const { productId } = await shop.aProduct({ title: 'Dunnart Crew' })
  const orderIds = [newId('ord'), newId('ord'), newId('ord')]
  const time = new Date()
  const units = async () => {
    const sales = `SELECT l.popularity AS listed, b.popularity AS best
      FROM listing l JOIN best_seller b USING (product_id) WHERE product_id = $1`
    const { prisma } = shop.resources
    const rows = await prisma.$queryRawUnsafe<{ listed: number; best: number }[]>(sales, productId)
    return rows.flatMap(({ listed, best }) => [listed, best].map((sum) => Math.round(sum / weightAt(time))))
  }
  await replay(
    'orders',
    orderIds.map((id) => ({ ...placed(id, productId), time: time.toISOString() })),
  )
  expect(await units()).toEqual([3, 3])
  await replay('orders', orderIds.slice(1).map(withdrawn))
  expect(await units()).toEqual([1, 1])
})

test('a replay of orders that locks products in turns does not deadlock with changes of the products', async () => {
  const products = [
    await shop.aProduct({ title: 'Numbat Crew' }),
    await shop.aProduct({ title: 'Numbat Ankle' }),
  ]
  const [first, second] = products.toSorted((a, b) => (a.productId < b.productId ? -1 : 1))
  const firstId = first?.productId ?? ''
  const secondId = second?.productId ?? ''
  const [sold, cancelled] = [newId('ord'), newId('ord')]
  await replay('orders', [placed(cancelled, firstId)])
  const works = await shop.whileLocked(LOCK_ORDER, [cancelled], async () => {
    const orders = replay('orders', [placed(sold, secondId), withdrawn(cancelled)])
    await shop.untilWaiting(1, [orders])
    const type = 'products.product.changed'
    const change = replay(
      'products',
      products.map((data) => ({ type, subject: data.productId, sequence: 2, data })),
    )
    await shop.untilWaiting(2, [orders, change])
    return [orders, change]
  })
  await Promise.all(works)
  const { prisma } = shop.resources
  const sales = `SELECT product_id AS id, popularity > 0 AS "isSold" FROM listing
    WHERE product_id = ANY($1::text[]) ORDER BY product_id`
  expect(await prisma.$queryRawUnsafe(sales, [firstId, secondId])).toEqual([
    { id: firstId, isSold: false },
    { id: secondId, isSold: true },
  ])
})
