import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listProducts, listRequest, onSale } from './product-list.ts'
import { type Catalogue, openProducts, productInput, variantInput } from './testing/open-products.ts'

let shop: Catalogue
let now = Date.parse('2026-11-01T00:00:00Z')
const categories: Record<string, string> = {}

/** Slug, title, category, prices of its variants in USD; released a minute apart, in this order. */
const SOCKS: readonly [slug: string, title: string, category: string | null, ...usd: string[]][] = [
  ['fern', 'fern Crew', 'crew', '12.00', '9.00'],
  ['ash', 'Ash Crew', 'crew', '12.00'],
  ['birch', 'Birch Runner', 'running', '15.00'],
  ['cedar', 'cedar Runner', 'running', '9.00'],
  ['dogwood', 'Dogwood Trail', 'trail', '22.00'],
  ['elm', 'Elm', null, '12.00'],
]

beforeAll(async () => {
  shop = await openProducts({ clock: () => new Date(now) })
  categories.everyday = await shop.category('everyday')
  categories.sport = await shop.category('sport')
  categories.crew = await shop.category('crew', categories.everyday)
  categories.running = await shop.category('running', categories.sport)
  categories.trail = await shop.category('trail', categories.running)
  for (const [slug, title, category, ...usd] of SOCKS) {
    now += 60_000
    const variants = usd.map((amount, index) => variantInput(`${slug.toUpperCase()}-${index}`, index, amount))
    const categoryId = category && categories[category]
    await shop.onSale(productInput(slug, { title, categoryId, variants }))
  }
  await shop.draft(productInput('draft-sock', { categoryId: categories.crew }))
  // Tables that are known to be small are read as they lie: the order is that of the statement alone.
  for (const table of ['product', 'price_range'])
    await shop.resources.prisma.$executeRawUnsafe(`ANALYZE ${table}`)
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['product ('])

const LIST = `query ($first: Int, $after: String, $filter: ProductFilter, $sort: ProductSort) {
  products(first: $first, after: $after, filter: $filter, sort: $sort) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { slug } } } }`

type Page = {
  totalCount: number
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null }
  edges: { cursor: string; node: { slug: string } }[]
}

async function list(variables: Record<string, unknown>, viewer?: Catalogue['editor']): Promise<Page> {
  const { data, errors } = await shop.execute(LIST, variables, viewer)
  expect(errors).toEqual([])
  return data.products
}
const slugs = ({ edges }: Page) => edges.map(({ node }) => node.slug).join(' ')

/** Reads a list, two products per page. */
async function walk(variables: Record<string, unknown>): Promise<string> {
  const seen: string[] = []
  let after: string | null = null
  do {
    const page: Page = await list({ ...variables, first: 2, after })
    expect(page.pageInfo.hasPreviousPage).toBe(after !== null)
    seen.push(slugs(page))
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after)
  return seen.join(' ')
}

describe.each([
  ['NEWEST', 'elm dogwood cedar birch ash fern'],
  ['TITLE', 'ash birch cedar dogwood elm fern'],
  ['PRICE_ASC', 'fern cedar ash elm birch dogwood'],
  ['PRICE_DESC', 'dogwood birch elm ash cedar fern'],
])('sorted by %s', (sort, expected) => {
  test('all products are listed in order, in one page and in many', async () => {
    expect(slugs(await list({ sort }))).toBe(expected)
    expect(await walk({ sort })).toBe(expected)
  })

  test('a category also lists the products of its subcategories', async () => {
    const ofSport = expected.split(' ').filter((slug) => ['birch', 'cedar', 'dogwood'].includes(slug))
    const filter = { categoryId: categories.sport }
    expect(await walk({ sort, filter })).toBe(ofSport.join(' '))
  })

  test('a price range holds its bounds', async () => {
    const within = expected.split(' ').filter((slug) => ['ash', 'elm', 'birch'].includes(slug))
    expect(await walk({ sort, filter: { minPrice: '12', maxPrice: '15.00' } })).toBe(within.join(' '))
  })
})

test('without arguments the newest come first, and the whole list is counted', async () => {
  const { data } = await shop.execute('{ products { totalCount edges { node { slug } } } }')
  expect(data.products.totalCount).toBe(6)
  expect(data.products.edges[0].node.slug).toBe('elm')
})

test('filters narrow the count too', async () => {
  const filter = { categoryId: categories.everyday, maxPrice: '9.00', currency: 'USD' }
  expect(await list({ filter })).toMatchObject({ totalCount: 1, edges: [{ node: { slug: 'fern' } }] })
  expect(await list({ filter: { categoryId: categories.sport } })).toMatchObject({ totalCount: 3 })
  expect(await list({ filter: { categoryId: categories.sport }, first: 1 })).toMatchObject({ totalCount: 3 })
  for (const filter of [{ minPrice: '999' }, { maxPrice: '0' }])
    expect(await list({ filter })).toMatchObject({ totalCount: 0, edges: [] })
})

test('prices compare in the currency that is named, also in the list of a category', async () => {
  const { data, errors } = await shop.execute(
    '{ category(slug: "sport") { products(sort: PRICE_ASC, currency: EUR) { edges { node { slug } } } } }',
  )
  expect(errors).toEqual([])
  // All cost the same in euros: their ids decide.
  expect(slugs(data.category.products)).toBe('birch cedar dogwood')
  expect((await list({ filter: { minPrice: '1800', currency: 'JPY' } })).totalCount).toBe(6)
  expect((await list({ filter: { minPrice: '1801', currency: 'JPY' } })).totalCount).toBe(0)
})

test('one variant must match all options of a filter, be it one or several', async () => {
  const size = (value: string) => ({ name: 'Size', value })
  const navy = { name: 'Colour', value: 'Navy' }
  const both = [navy, size('1')]
  for (const sort of ['NEWEST', 'TITLE', 'PRICE_ASC', 'PRICE_DESC'])
    for (const categoryId of [null, categories.everyday]) {
      const page = await list({ sort, filter: { categoryId, options: both } })
      expect([slugs(page), page.totalCount]).toEqual(['fern', 1])
    }
  expect(slugs(await list({ filter: { options: [size('1')] } }))).toBe('fern')
  expect(slugs(await list({ filter: { options: [size('0'), size('1')] } }))).toBe('')
})

test('a page counts only if totalCount is selected', async () => {
  const page = '{ products(first: 2) { edges { node { slug } } } }'
  const counted = '{ products(first: 2) { totalCount edges { node { slug } } } }'
  expect(await shop.sqlCount(() => shop.execute(page))).toBe(1)
  expect(await shop.sqlCount(() => shop.execute(counted))).toBe(2)
})

test('a page reads one product more than it shows, of the shop and of a category with subcategories', async () => {
  const { prisma } = shop.own
  const request = listRequest(onSale('USD'), { first: 1 })
  const leaves = ['crew', 'running', 'trail'].map((slug) => categories[slug] ?? '')
  expect(await listProducts(prisma, request, null)).toHaveLength(2)
  expect(await listProducts(prisma, request, [{ root: 'all', leaves }])).toHaveLength(2)
})

test('drafts are listed and found for staff with catalog:write only', async () => {
  expect(slugs(await list({ filter: { status: 'DRAFT' } }, shop.editor))).toBe('draft-sock')
  const refused = await shop.execute(LIST, { filter: { status: 'DRAFT' } }, staff('orders:read'))
  expect(refused.data.products).toBeNull()
  expect(refused.errors[0]?.extensions?.code).toBe('FORBIDDEN')

  const find = '{ product(slug: "draft-sock") { slug } variant(sku: "DRAFT-SOCK-1") { sku } }'
  expect((await shop.execute(find)).data).toEqual({ product: null, variant: null })
  expect((await shop.execute(find, {}, shop.editor)).data).toEqual({
    product: { slug: 'draft-sock' },
    variant: { sku: 'DRAFT-SOCK-1' },
  })
})

test('a category has its ancestors, children and products', async () => {
  const { data } = await shop.execute(`{
    categories { slug children { slug products(first: 1, sort: TITLE) { totalCount edges { node { slug } } } } }
    category(slug: "trail") { parent { slug } ancestors { slug } children { slug } }
    product(slug: "dogwood") { category { slug ancestors { slug } } } }`)
  const nodes = (...all: string[]) => all.map((slug) => ({ node: { slug } }))
  expect(data).toEqual({
    categories: [
      {
        slug: 'everyday',
        children: [{ slug: 'crew', products: { totalCount: 2, edges: nodes('ash') } }],
      },
      {
        slug: 'sport',
        children: [{ slug: 'running', products: { totalCount: 3, edges: nodes('birch') } }],
      },
    ],
    category: {
      parent: { slug: 'running' },
      ancestors: [{ slug: 'sport' }, { slug: 'running' }],
      children: [],
    },
    product: { category: { slug: 'trail', ancestors: [{ slug: 'sport' }, { slug: 'running' }] } },
  })
})

test('a product that moves to another category, or is archived, also leaves the lists by price', async () => {
  const { data } = await shop.execute('{ product(slug: "cedar") { id } }')
  const { id } = data.product
  const update =
    'mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { product { version } } }'
  const move = (categoryId: string | undefined, expectedVersion: number) =>
    shop.execute(update, { input: { id, expectedVersion, categoryId } }, shop.editor)

  await move(categories.crew, 2)
  const filter = { categoryId: categories.sport }
  expect(slugs(await list({ filter, sort: 'PRICE_ASC' }))).toBe('birch dogwood')
  await move(categories.running, 3)
  expect(slugs(await list({ filter, sort: 'PRICE_ASC' }))).toBe('cedar birch dogwood')
})

test.each(['PRICE_ASC', 'PRICE_DESC'])(
  'a cursor of %s continues no list in another currency',
  async (sort) => {
    const { pageInfo } = await list({ sort, first: 1, filter: { currency: 'USD' } })
    const asked = { sort, filter: { currency: 'JPY' }, after: pageInfo.endCursor }
    const { errors } = await shop.execute(LIST, asked)
    expect(errors[0]?.message).toMatch(/same sort/)
  },
)
