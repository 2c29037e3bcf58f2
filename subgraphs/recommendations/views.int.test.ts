import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'
import { MAX_VIEWS, VIEWS } from './view-store.ts'

let shop: OpenRecommendations
beforeAll(async () => {
  shop = await openRecommendations()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

let sessions = 0
const aSession = () => `session-${String(++sessions).padStart(10, '0')}`

async function view(sessionId: string, productId: string, clientAddress?: string): Promise<boolean> {
  const { data, errors } = await shop.view({ productId, sessionId, consent: true }, clientAddress)
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return data.recordView.isRecorded
}

const count = async (where = 'true') => {
  const [row] = await shop.sql<{ views: number }>(
    `SELECT count(*)::int AS views FROM product_view WHERE ${where}`,
  )
  return row?.views
}

test('products that are viewed in the same sessions are viewed together', async () => {
  const [a = '', b = '', c = ''] = await shop.products(3)
  for (let time = 0; time < 5; time++) {
    const session = aSession()
    expect(await view(session, a)).toBe(true)
    expect(await view(session, b)).toBe(true)
    expect(await view(aSession(), c)).toBe(true)
  }
  await shop.derive('VIEW')
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const)
    expect((await shop.related(one, 1))[0]).toMatchObject({
      product: { id: other },
      reason: 'VIEWED_TOGETHER',
    })
  expect((await shop.related(c, 1))[0]).toMatchObject({ reason: 'POPULAR_FALLBACK' })
})

test('a view marks the products of its session, and of no other', async () => {
  const [a = '', b = '', c = ''] = await shop.products(3)
  const session = aSession()
  await view(session, a)
  await view(aSession(), c)
  await shop.sql('TRUNCATE stale_product')
  await view(session, b)
  const marked = await shop.sql<{ id: string }>(
    `SELECT DISTINCT product_id AS id FROM stale_product WHERE source = 'VIEW' ORDER BY 1`,
  )
  expect(marked.map(({ id }) => id)).toEqual([a, b].toSorted())
})

test('session ids are stored as hashes, and no account is stored', async () => {
  const [product = ''] = await shop.products(1)
  const session = aSession()
  await view(session, product)
  const rows = await shop.sql<object>(`SELECT * FROM product_view WHERE product_id = $1`, product)
  expect(rows.map((row) => Object.keys(row))).toEqual([['session', 'product_id', 'at']])
  expect(JSON.stringify(rows)).not.toContain(session)
})

test('a product that is viewed again within a minute is not written again', async () => {
  const [product = ''] = await shop.products(1)
  const session = aSession()
  const read = async () => {
    const [row] = await shop.sql<{ at: Date }>('SELECT at FROM product_view WHERE product_id = $1', product)
    return row?.at.getTime()
  }
  await view(session, product)
  const first = await read()
  shop.pass(59_000)
  await view(session, product)
  expect(await read()).toBe(first)
  shop.pass(2_000)
  await view(session, product)
  expect(await read()).toBe((first ?? 0) + 61_000)
})

test('the first 100 products of a session are recorded', async () => {
  const products = await shop.products(MAX_VIEWS + 1)
  const session = aSession()
  await shop.manyAtOnce(MAX_VIEWS, (place) => view(session, products[place] ?? '', `198.51.100.${place}`))
  const before = await count()
  await view(session, products.at(-1) ?? '')
  expect(await count()).toBe(before)
  shop.pass(61_000)
  await view(session, products[0] ?? '')
  expect(await count(`at = '${shop.now().toISOString()}'`)).toBe(1)
})

test('a product that is not on sale is refused', async () => {
  const productId = newId('prd')
  const data = { productId, status: 'DRAFT', variants: [] }
  await shop.deliver('products.product.changed', data, { subject: productId })
  expect(await view(aSession(), productId)).toBe(false)
})

describe('views of one client address', () => {
  test('are limited, whatever sessions they name', async () => {
    const [product = ''] = await shop.products(1)
    const address = '203.0.113.7'
    // 300 at once, then two a second.
    expect(VIEWS).toEqual({ burst: 300, everyMs: 500 })
    await shop.sql(
      `INSERT INTO throttle (key, empty_at) VALUES ('view:${address}', $1::timestamptz + $2::float8 * interval '1 ms')`,
      shop.now(),
      (VIEWS.burst - 1) * VIEWS.everyMs,
    )
    expect(await view(aSession(), product, address)).toBe(true)
    const input = { productId: product, sessionId: aSession(), consent: true }
    const { errors } = await shop.view(input, address)
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }])
    expect(await count(`product_id = '${product}'`)).toBe(1)
    expect(await view(aSession(), product, '203.0.113.8')).toBe(true)
    shop.pass(VIEWS.everyMs)
    expect(await view(aSession(), product, address)).toBe(true)
  })
})
