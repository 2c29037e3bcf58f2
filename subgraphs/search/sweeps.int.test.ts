import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deriveStaleListings } from './category-copies.ts'
import { type Resources, search } from './subgraph.ts'
import { deriveSuggestedQueries, MAX_SUGGESTED, MIN_SEARCHES } from './suggested-queries.ts'
import { type OpenSearch, openSearch } from './testing/open-search.ts'

let shop: OpenSearch
let own: Resources
beforeAll(async () => {
  shop = await openSearch()
  // testSubgraph opened the definition of search.
  own = shop.resources as Resources
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['query_searcher ('])

const sql = <Row>(statement: string, ...values: unknown[]) =>
  own.prisma.$queryRawUnsafe<Row[]>(statement, ...values)
/** A time of the day before. */
const dayBefore = (time: string) =>
  new Date(`${new Date(shop.now().getTime() - 86_400_000).toISOString().slice(0, 10)}${time}`)
const countOf = async (table: string, where = 'true') => {
  const [row] = await sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${table} WHERE ${where}`)
  return row?.count
}

describe('listings below a changed category', () => {
  test('are derived in batches until none is left, except those that another transaction has locked', async () => {
    const categoryId = await shop.aCategory('Before')
    const { productId } = await shop.aProduct({ title: 'Quoll', categoryId })
    await sql(
      `INSERT INTO listing (product_id, category_id, title, status, sequence)
       SELECT 'prd_' || n, $1, 'Many ' || n, 'DRAFT', 1 FROM generate_series(1, 201) n`,
      categoryId,
    )
    for (const sequence of [2, 3])
      await shop.deliver(
        'products.category.changed',
        { categoryId, parentId: null, slug: 'x', name: 'Afterwards', position: 0 },
        { subject: categoryId, sequence },
      )
    expect(await countOf('stale_listing')).toBe(202)
    expect(await shop.titles('afterwards')).toEqual([])
    await shop.whileLocked('SELECT 1 FROM listing WHERE product_id = $1 FOR UPDATE', [productId], () =>
      deriveStaleListings(own.prisma),
    )
    expect(await sql('SELECT product_id AS id FROM stale_listing')).toEqual([{ id: productId }])
    await deriveStaleListings(own.prisma)
    expect(await countOf('stale_listing')).toBe(0)
    expect(await shop.titles('afterwards')).toEqual(['Quoll'])
    // A round without any looks for them, in a transaction, and deletes nothing.
    expect(await shop.sqlCount(() => deriveStaleListings(own.prisma))).toBe(3)
  })
})

test('a listing that cannot be derived does not block others', async () => {
  const categoryId = await shop.aCategory('Earlier')
  const products = [
    await shop.aProduct({ title: 'Numbat', categoryId }),
    await shop.aProduct({ title: 'Dunnart', categoryId }),
  ]
  const [bad = ''] = products.map(({ productId }) => productId).toSorted()
  await shop.deliver(
    'products.category.changed',
    { categoryId, parentId: null, slug: 'y', name: 'Thereafter', position: 0 },
    { subject: categoryId, sequence: 2 },
  )
  await sql(`ALTER TABLE listing ADD CONSTRAINT broken CHECK (product_id <> '${bad}') NOT VALID`)
  await expect(deriveStaleListings(own.prisma)).rejects.toThrow(bad)
  expect(await sql('SELECT product_id AS id FROM stale_listing')).toEqual([{ id: bad }])
  await sql('ALTER TABLE listing DROP CONSTRAINT broken')
  await deriveStaleListings(own.prisma)
  expect(await countOf('stale_listing')).toBe(0)
})

describe('orders', () => {
  test('older than 400 days are not counted when their messages arrive late', async () => {
    const { productId } = await shop.aProduct({ title: 'Bettong' })
    const place = (days: number) => {
      const orderId = newId('ord')
      const time = new Date(Date.now() - days * 86_400_000).toISOString()
      const data = { orderId, lines: [{ productId, variantId: newId('var'), quantity: 1 }] }
      return shop.deliver('orders.order.placed', data, { subject: orderId, time })
    }
    await place(401)
    expect(await countOf('ordered_product', `product_id = '${productId}'`)).toBe(0)
    await place(399)
    expect(await countOf('ordered_product', `product_id = '${productId}'`)).toBe(1)
  })

  test('that no longer count are deleted, more than a batch of them; the others stay', async () => {
    const insert = (from: number, to: number, days: number) =>
      sql(
        `INSERT INTO ordered_product (order_id, product_id, weight, placed_at)
         SELECT 'ord_' || n, 'prd_x', 1, now() - make_interval(days => $3) FROM generate_series($1::int, $2::int) n`,
        from,
        to,
        days,
      )
    await insert(1, 1_002, 402)
    await insert(2_000, 2_001, 400)
    await shop.whileLocked(`SELECT 1 FROM ordered_product WHERE order_id = 'ord_7' FOR UPDATE`, [], () =>
      shop.runTimer('forget-orders'),
    )
    const left = await sql<{ id: string }>(
      `SELECT order_id AS id FROM ordered_product WHERE product_id = 'prd_x' ORDER BY 1`,
    )
    expect(left.map(({ id }) => id)).toEqual(['ord_2000', 'ord_2001', 'ord_7'])
  })
})

test('a cancellation takes back at most the sales that there are', async () => {
  const { productId } = await shop.aProduct({ title: 'Woylie' })
  const orderId = newId('ord')
  const lines = [{ productId, variantId: newId('var'), quantity: 1 }]
  await shop.deliver('orders.order.placed', { orderId, lines }, { subject: orderId })
  for (const table of ['listing', 'best_seller'])
    await sql(`UPDATE ${table} SET popularity = popularity / 2 WHERE product_id = $1`, productId)
  await shop.deliver('orders.order.cancelled', { orderId }, { subject: orderId, sequence: 2 })
  for (const table of ['listing', 'best_seller'])
    expect(await countOf(table, `product_id = '${productId}' AND popularity = 0`)).toBe(1)
})

describe('counts of queries', () => {
  test('are published in events of at most 200 texts, and are stored by day', async () => {
    await own.queryCounts.flush(shop.now())
    const before = (await shop.outbox()).length
    for (let index = 0; index < 201; index++)
      own.queryCounts.searched(`query number ${index}`, false, `192.0.2.${index}`)
    for (let time = 0; time < 2; time++) await own.queryCounts.flush(dayBefore('T23:59:59.000Z'))
    const published = (await shop.outbox()).slice(before)
    expect(published.map(({ data }) => (data as { queries: unknown[] }).queries.length)).toEqual([200, 1])
    expect(await countOf('query_count', `query LIKE 'query number %'`)).toBe(201)
    own.queryCounts.searched('query number 0', true, '198.51.100.1')
    await own.queryCounts.flush(dayBefore('T01:00:00.000Z'))
    expect(
      await sql(`SELECT searches, zero_results AS zero FROM query_count WHERE query = 'query number 0'`),
    ).toEqual([{ searches: 2, zero: 1 }])
  })

  test('of a later page are those of the first', async () => {
    await shop.aProduct({ title: 'Dunnart One' })
    await shop.aProduct({ title: 'Dunnart Two' })
    const fields = 'pageInfo { endCursor }'
    const { pageInfo } = await shop.search('dunnart', { first: 1 }, fields)
    await shop.search('dunnart', { first: 1, after: pageInfo.endCursor }, fields)
    await own.queryCounts.flush(shop.now())
    expect(await sql(`SELECT searches FROM query_count WHERE query = 'dunnart'`)).toEqual([{ searches: 1 }])
  })

  test('are deleted after 400 days, more than a batch of them; a locked row waits', async () => {
    const insert = (prefix: string, count: number, days: number) =>
      sql(
        `INSERT INTO query_count (day, query) SELECT $4::timestamptz - make_interval(days => $3), $1 || n FROM generate_series(1, $2::int) n`,
        ...[prefix, count, days, shop.now()],
      )
    await insert('old ', 1_002, 402)
    await insert('young ', 2, 399)
    const forget = search.timers?.find(({ name }) => name === 'forget-query-counts')
    await shop.whileLocked(`SELECT 1 FROM query_count WHERE query = 'old 7' FOR UPDATE`, [], async () =>
      forget?.run(own),
    )
    const left = await sql<{ query: string }>(
      `SELECT query FROM query_count WHERE query ~ '^(old|young) ' ORDER BY 1`,
    )
    expect(left.map(({ query }) => query)).toEqual(['old 7', 'young 1', 'young 2'])
  })
})

describe('suggested queries', () => {
  test('had results in several recent searches, and are longer than the typed text', async () => {
    const insert = (query: string, searches: number, zeroResults = 0, days = 1) =>
      sql(
        `INSERT INTO query_count (day, query, searches, zero_results, in_vocabulary)
         VALUES ($5::timestamptz - make_interval(days => $4), $1, $2::int, $3::int, true)`,
        ...[query, searches, zeroResults, days, shop.now()],
      )
    // Often enough over two days together.
    await insert('cassowary red', MIN_SEARCHES - 1, 0, 29)
    await insert('cassowary red', 3, 0, 28)
    await insert('cassowary blue', MIN_SEARCHES + 1)
    await insert('cassowary rare', MIN_SEARCHES - 1)
    await insert('cassowary vain', 99, 20)
    await insert('cassowary late', 100, 20)
    await insert('cassowary past', 99, 0, 31)
    await insert('cassowary', 99)
    await deriveSuggestedQueries(own.prisma, shop.now())
    const suggest = async (prefix: string, limit: number) => {
      const { data } = await shop.execute(`{ suggest(prefix: "${prefix}", limit: ${limit}) { kind text } }`)
      return data.suggest.map(({ text }: { text: string }) => text)
    }
    expect(await suggest('cassowary', 20)).toEqual(['cassowary late', 'cassowary red', 'cassowary blue'])
    for (const limit of [1, 4]) expect(await suggest('cassowary', limit)).toEqual(['cassowary late'])
    for (const pattern of ['cass%', 'cass_wary']) expect(await suggest(pattern, 20)).toEqual([])
    expect(await suggest('cassowary  b', 20)).toEqual(['cassowary blue'])
    // Spaces around the text and a control character say nothing.
    expect(await suggest(' cassowary\u0001 ', 4)).toEqual(['cassowary late'])
    // A title that is searched for is suggested once.
    await shop.aProduct({ title: 'Cassowary Late' })
    expect((await suggest('cassowary', 20)).filter((text: string) => /late/i.test(text))).toEqual([
      'cassowary late',
    ])
    await sql(`UPDATE query_count SET day = day - 10 WHERE query = 'cassowary red'`)
    await sql(`UPDATE query_count SET searches = 1000 WHERE query = 'cassowary blue'`)
    await shop.manyAtOnce(4, () => deriveSuggestedQueries(own.prisma, shop.now()))
    expect(await suggest('cassowary', 20)).toEqual(['cassowary blue', 'cassowary late'])
  })

  test('are derived while a product changes', async () => {
    const data = await shop.aProduct({ title: 'Kultarr Crew' })
    await sql(
      `INSERT INTO query_count (day, query, searches, in_vocabulary) VALUES (now(), 'kultarr', $1::int, true)`,
      MIN_SEARCHES,
    )
    const lock = 'SELECT 1 FROM listing WHERE product_id = $1 FOR UPDATE'
    const works = await shop.whileLocked(lock, [data.productId], async () => {
      const about = { subject: data.productId, sequence: 2 }
      const change = shop.deliver('products.product.changed', data, about)
      await shop.untilWaiting(1, [change])
      await deriveSuggestedQueries(own.prisma, shop.now())
      return [change]
    })
    await Promise.all(works)
    expect(await countOf('suggested_query', `query = 'kultarr'`)).toBe(1)
  })
})

test('suggested queries are not derived while another process derives them', async () => {
  await sql(
    `INSERT INTO query_count (day, query, searches, in_vocabulary) VALUES (now(), 'kultarr two', $1::int, true)`,
    MIN_SEARCHES,
  )
  const derive = () => deriveSuggestedQueries(own.prisma, shop.now())
  await shop.whileLocked('SELECT pg_advisory_xact_lock(7202)', [], derive)
  expect(await countOf('suggested_query', `query = 'kultarr two'`)).toBe(0)
  await derive()
  expect(await countOf('suggested_query', `query = 'kultarr two'`)).toBe(1)
})

describe('suggested queries of many', () => {
  test(`are the ${MAX_SUGGESTED} that were searched for most often`, async () => {
    await sql(
      `INSERT INTO query_count (day, query, searches, in_vocabulary)
       SELECT now(), 'kowari ' || n, 10000 + n, true FROM generate_series(0, $1::int) n`,
      MAX_SUGGESTED,
    )
    await deriveSuggestedQueries(own.prisma, shop.now())
    expect(await countOf('suggested_query')).toBe(MAX_SUGGESTED)
    expect(await countOf('suggested_query', `query = 'kowari 0'`)).toBe(0)
    await sql(`DELETE FROM query_count WHERE query LIKE 'kowari %'`)
    await deriveSuggestedQueries(own.prisma, shop.now())
    expect(await countOf('suggested_query', `query LIKE 'kowari %'`)).toBe(0)
  })
})

describe('ratings', () => {
  test('the newest wins, in any order; the best rated come first when sorted by rating', async () => {
    const [a, b] = [await shop.aProduct({ title: 'Echidna A' }), await shop.aProduct({ title: 'Echidna B' })]
    const rate = (productId: string, average: number, sequence: number) =>
      shop.deliver(
        'reviews.rating.changed',
        { productId, count: 1, average },
        { subject: productId, sequence },
      )
    await rate(a.productId, 4, 1)
    await rate(b.productId, 5, 2)
    await rate(b.productId, 3, 1)
    expect(await shop.titles('echidna', { sort: 'RATING' })).toEqual(['Echidna B', 'Echidna A'])
    expect(await shop.titles('echidna', { filter: { minRating: 5 } })).toEqual(['Echidna B'])
    await rate(b.productId, 2, 3)
    expect(await shop.titles('echidna', { sort: 'RATING' })).toEqual(['Echidna A', 'Echidna B'])
    // Its only review was withdrawn.
    const none = { productId: b.productId, count: 0, average: null }
    await shop.deliver('reviews.rating.changed', none, { subject: b.productId, sequence: 4 })
    const { edges } = await shop.search('echidna', { sort: 'RATING' }, 'edges { score }')
    expect(edges).toEqual([{ score: 4 }, { score: 0 }])
    const { facets } = await shop.search('echidna', {}, 'facets { name values { value count } }')
    const rated = ['4', '3', '2', '1'].map((value) => ({ value, count: 1 }))
    expect(facets).toContainEqual({ name: 'Rating', values: rated })
  })
})

describe('of many products', () => {
  test('10,000 are counted; the 1,000 that sell best are ranked, and counted in facets', async () => {
    const known = Number(await countOf('listing', `status = 'ACTIVE'`))
    await shop.aProduct({ title: 'Numbat Many' }, { inStock: false })
    await sql(
      `INSERT INTO listing (product_id, title, status, sequence, popularity, in_stock, document, facet_ids)
       SELECT 'prd_many ' || lpad(n::text, 5, '0'), 'Numbat Many', 'ACTIVE', 1, 1e9 + n, n > 8500, d.document, '{}'
         FROM generate_series(1, $1::int) n, (SELECT document FROM listing WHERE title = 'Numbat Many') AS d`,
      9_999 - known,
    )
    await sql(
      `INSERT INTO best_seller (product_id, popularity) SELECT product_id, popularity FROM listing WHERE product_id LIKE 'prd_many %'`,
    )
    const counted = async (query: string, sort = 'RELEVANCE') => {
      const fields = 'totalCount isTotalCountExact facets { name values { count } }'
      const { facets, ...total } = await shop.search(query, { sort }, fields)
      return { ...total, inStock: facets.find(({ name }: { name: string }) => name === 'Availability') }
    }
    const thousand = { name: 'Availability', values: [{ count: 1_000 }] }
    expect(await counted('')).toEqual({ totalCount: 10_000, isTotalCountExact: true, inStock: thousand })
    for (const sort of ['RELEVANCE', 'NEWEST'])
      expect(await counted('numbat many', sort)).toMatchObject({ isTotalCountExact: true, inStock: thousand })
    await shop.aProduct({ title: 'Numbat Many' })
    expect(await counted('')).toEqual({ totalCount: 10_000, isTotalCountExact: false, inStock: thousand })
    const { totalCount } = await shop.search('numbat many', {}, 'totalCount')
    const rated = { filter: { minRating: 5 } }
    const { loosen } = await shop.search('numbat many', rated, 'loosen { name count }')
    expect(loosen).toEqual([{ name: 'minRating', count: totalCount }])
    expect((await shop.search('', rated, 'loosen { count }')).loosen).toEqual([{ count: 10_000 }])
  })
})
