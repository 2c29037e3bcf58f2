import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenSearch, openSearch, productData } from './testing/open-search.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed.

let shop: OpenSearch
let database: Awaited<ReturnType<typeof sequentialDatabase>>

type Made = { title: string; usd: number; released: number; rating: number; sold: number; colour?: string }

/** Two products of each list have equal values, so that their ids decide. */
const PRODUCTS: readonly Made[] = [
  { title: 'Fjord A', usd: 30, released: 1, rating: 2.6, sold: 1 },
  { title: 'Fjord B', usd: 10, released: 3, rating: 5, sold: 3, colour: 'Rust' },
  { title: 'Fjord C', usd: 20, released: 2, rating: 4.2, sold: 2 },
  { title: 'Fjord D', usd: 20, released: 2, rating: 4.2, sold: 2, colour: 'Rust' },
]

/** One time of all orders. */
const soldAt = new Date(Date.now() - 8 * 86_400_000).toISOString()

beforeAll(async () => {
  database = await sequentialDatabase('search')
  shop = await openSearch({ database })
  const ids = PRODUCTS.map(() => newId('prd')).toSorted()
  const products = PRODUCTS.map((product, index) => ({ ...product, productId: ids[index] ?? '' }))
  for (const { productId, title, usd, released, rating, sold, colour = 'Moss' } of products.toReversed()) {
    const data = productData(productId, { title, usd, colours: [colour] })
    const releasedAt = `2026-11-01T08:00:00.00${released}Z`
    await shop.deliver('products.product.changed', { ...data, releasedAt }, { subject: productId })
    await shop.stock(data.variants[0]?.variantId ?? '', 'IN_STOCK')
    const rated = { productId, count: 1, average: rating }
    await shop.deliver('reviews.rating.changed', rated, { subject: productId })
    for (let count = 0; count < sold; count++) {
      const line = { productId, variantId: newId('var'), quantity: 1 }
      const order = { orderId: newId('ord'), lines: [line] }
      await shop.deliver('orders.order.placed', order, {
        subject: order.orderId,
        time: soldAt,
      })
    }
  }
  const query = 'INSERT INTO suggested_query (query, searches) VALUES ($1, $2)'
  for (const [text, searches] of [
    ['fjord knit', 5],
    ['fjord line', 9],
    ['fjord aran', 9],
  ] as const)
    await shop.resources.prisma.$executeRawUnsafe(query, text, searches)
  for (const [name, position] of [
    ['Fjord Z', 1],
    ['Fjord Y', 1],
    ['Fjord X', 2],
  ] as const) {
    const categoryId = newId('cat')
    const data = { categoryId, parentId: null, slug: name.toLowerCase(), name, position }
    await shop.deliver('products.category.changed', data, { subject: categoryId })
  }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** The last letters of the titles, page by page. */
async function walk(query: string, sort: string, more = ''): Promise<string> {
  let all = ''
  for (let after: string | null = null; ; ) {
    const list = await shop.search(
      query,
      { sort, first: 1, after },
      `edges { node { title } } pageInfo { hasNextPage endCursor } ${more}`,
    )
    all += list.edges.map(({ node }: { node: { title: string } }) => node.title.at(-1)).join('')
    if (!list.pageInfo.hasNextPage) return all
    after = list.pageInfo.endCursor
  }
}

test('a category is suggested by any part of its name, and nothing for blank text', async () => {
  const [{ id } = { id: '' }] = await shop.resources.prisma.$queryRawUnsafe<{ id: string }[]>(
    `SELECT category_id AS id FROM category WHERE name = 'Fjord Y'`,
  )
  const suggest = async (prefix: string) =>
    (await shop.execute(`{ suggest(prefix: "${prefix}") { text category { id } } }`)).data.suggest
  expect(await suggest('a y')).toEqual([{ text: 'Fjord Y', category: { id } }])
  for (const blank of ['', ' ', ' ? ']) expect(await suggest(blank)).toEqual([])
})

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  beforeAll(async () => {
    if (order === 'reversed') await reverseRows(database)
  })

  test.each([
    ['', 'RELEVANCE', 'BCDA'],
    ['fjord', 'RELEVANCE', 'BCDA'],
    ['', 'PRICE_ASC', 'BCDA'],
    ['fjord', 'PRICE_DESC', 'ADCB'],
    ['', 'RATING', 'BDCA'],
    ['fjord', 'NEWEST', 'BDCA'],
  ])('the hits of %j by %s', async (query, sort, expected) => {
    expect(await walk(query, sort)).toBe(expected)
    expect(await walk(query, sort, 'totalCount')).toBe(expected)
  })

  test('suggestions: texts by their searches, categories by their position, products by their sales', async () => {
    const { data } = await shop.execute('{ suggest(prefix: "Fjo", limit: 12) { kind text } }')
    expect(data.suggest.map(({ kind, text }: { kind: string; text: string }) => `${kind} ${text}`)).toEqual([
      'QUERY fjord aran',
      'QUERY fjord line',
      'QUERY fjord knit',
      'CATEGORY Fjord Y',
      'CATEGORY Fjord Z',
      'CATEGORY Fjord X',
      'PRODUCT Fjord B',
      'PRODUCT Fjord C',
      'PRODUCT Fjord D',
      'PRODUCT Fjord A',
    ])
  })

  test.each([
    ['limit: 4', ['fjord aran', 'Fjord Y', 'Fjord B', 'Fjord C']],
    ['limit: 7', ['fjord aran', 'Fjord Y', 'Fjord B', 'Fjord C', 'Fjord D', 'Fjord A']],
    ['limit: 3', ['fjord aran', 'Fjord Y', 'Fjord B']],
    [
      'limit: null',
      ['fjord aran', 'fjord line', 'Fjord Y', 'Fjord Z', 'Fjord B', 'Fjord C', 'Fjord D', 'Fjord A'],
    ],
  ])('suggestions with %s: texts and categories each take at most a quarter', async (limit, expected) => {
    const { data } = await shop.execute(`{ suggest(prefix: "Fjo", ${limit}) { text } }`)
    expect(data.suggest.map(({ text }: { text: string }) => text)).toEqual(expected)
  })

  test('facets by name, their values by count and label, ratings from the best', async () => {
    const filter = { attributes: [{ name: 'Colour', anyOf: ['Moss', 'Blue', 'Rust'] }], minRating: 3 }
    const { facets } = await shop.search(
      'fjord',
      { filter },
      'facets { kind name values { value label count isSelected } }',
    )
    const value = (label: string, count: number, isSelected = false) => ({
      value: label,
      label,
      count,
      isSelected,
    })
    expect(facets).toEqual([
      { kind: 'ATTRIBUTE', name: 'Colour', values: [value('Rust', 2, true), value('Moss', 1, true)] },
      { kind: 'ATTRIBUTE', name: 'Size', values: [value('M', 3)] },
      {
        kind: 'RATING',
        name: 'Rating',
        values: [value('4', 3), value('3', 3, true), value('2', 4), value('1', 4)],
      },
      {
        kind: 'AVAILABILITY',
        name: 'Availability',
        values: [{ value: 'true', label: 'In stock', count: 3, isSelected: false }],
      },
    ])
    const [colour] = (await shop.search('fjord', {}, 'facets { values { label count } }')).facets
    const equal = ['Moss', 'Rust'].map((label) => ({ label, count: 2 }))
    expect(colour).toEqual({ values: equal })
  })
})
