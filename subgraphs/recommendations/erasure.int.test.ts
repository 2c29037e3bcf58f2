import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectOthersKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'

const HOUR_MS = 3_600_000

let shop: OpenRecommendations
let products: string[]
beforeAll(async () => {
  shop = await openRecommendations()
  products = await shop.products(3)
  await shop.order(null, products.slice(2))
  await shop.order(null, products.slice(2))
})
afterAll(() => shop.close())

const file = new URL('../users/event-samples/users.account.deleted.json', import.meta.url)
const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))

const remove = (userId: string) =>
  shop.deliver(
    sample.type,
    { ...Object(sample.data), userId, deletedAt: shop.now().toISOString() },
    { subject: userId, sequence: 9 },
  )

/** The rows with the account, of both tables that can have it. */
async function rowsOf(userId: string): Promise<unknown[]> {
  const rows = ['purchase', 'known_order'].map((table) =>
    shop.sql(`SELECT * FROM ${table} WHERE buyer_id = $1`, userId),
  )
  return (await Promise.all(rows)).flat()
}

const neighbours = (productId: string) =>
  shop.sql<{ kind: string }>('SELECT kind FROM neighbour_list WHERE product_id = $1 ORDER BY 1', productId)

test('a deleted account leaves no row and does not come back by repeated messages; other accounts keep theirs', async () => {
  const [a = '', b = '', c = ''] = products
  const [gone, stays] = [newId('usr'), newId('usr')]
  const orderId = await shop.order(gone, [a, b])
  const guests = await shop.order(null, [c])
  await shop.claim(guests, gone)
  await shop.order(stays, [a, b])
  await shop.derive()
  expect(await neighbours(a)).toEqual([{ kind: 'BUYER' }, { kind: 'ORDER' }])
  const others = await rowsOf(stays)
  expect(others).toHaveLength(3)
  for (let time = 0; time < 2; time++) await remove(gone)
  expect(await rowsOf(stays)).toEqual(others)
  const marks = await shop.sql<{ at: Date }>('SELECT DISTINCT event_at AS at FROM stale_product')
  expect(marks).toEqual([{ at: shop.now() }])
  await shop.derive()
  expect(await neighbours(a)).toEqual([])
  await shop.order(gone, [a, b], { orderId })
  await shop.claim(guests, gone)
  await shop.order(null, [c], { orderId: guests })
  await shop.order(gone, [a, b])
  expect(await rowsOf(gone)).toEqual([])
  expect(await shop.sql('SELECT FROM purchase WHERE order_id = $1', guests)).toEqual([])
  const { data } = await shop.recommended(gone, 1)
  expect(data._entities[0].recommendations).toMatchObject([{ reason: 'POPULAR_FALLBACK' }])
})

test('a purchase that arrives during the deletion of its account is erased an hour later', async () => {
  const userId = newId('usr')
  await remove(userId)
  await shop.sql('DELETE FROM deleted_user WHERE user_id = $1', userId)
  await shop.order(userId, products)
  await shop.sql(
    'INSERT INTO deleted_user (user_id, deleted_at, due_at) VALUES ($1, $2, $2)',
    userId,
    shop.now(),
  )
  expect(await rowsOf(userId)).toHaveLength(4)
  shop.pass(HOUR_MS)
  await shop.runTimer('erase-deleted-users')
  expect(await rowsOf(userId)).toEqual([])
  const due = () =>
    shop.sql('SELECT due_at IS NOT NULL AS "isDue" FROM deleted_user WHERE user_id = $1', userId)
  expect(await due()).toEqual([{ isDue: true }])
  // Nothing has to stay, so that the last look is after 60 days.
  shop.pass(60 * 24 * HOUR_MS)
  await shop.runTimer('erase-deleted-users')
  expect(await due()).toEqual([{ isDue: false }])
})

test('another account keeps its orders and purchases, in all tables', async () => {
  const aPerson = async () => {
    const userId = newId('usr')
    await shop.order(userId, products)
    return userId
  }
  await expectOthersKept(shop, aPerson, remove)
})
