import { encodeCursor } from '@argyle/kit/connection'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalogue, openProducts, productInput } from './testing/open-products.ts'

const IN_ORDER = [
  '2 socks',
  'Äpfel',
  'apple',
  'Apple',
  'banana',
  'éclair',
  'ÉCLAIR 2',
  'straße',
  'strauß',
  'Zebra',
  'шарф',
  '靴下',
]

let shop: Catalogue
let category: string
beforeAll(async () => {
  shop = await openProducts()
  category = await shop.category('all')
  const titles = [...IN_ORDER.toReversed(), 'apple']
  for (const [index, title] of titles.entries()) {
    await shop.onSale(productInput(`sock-${index}`, { title, categoryId: category }))
  }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

type Edge = { cursor: string; node: { id: string; title: string } }

async function list(after: string | null): Promise<Edge[]> {
  const query = `query ($after: String) { category(slug: "all") {
    products(first: 100, after: $after, sort: TITLE) { edges { cursor node { id title } } } } }`
  const { data, errors } = await shop.execute(query, { after })
  expect(errors).toEqual([])
  return data.category.products.edges
}

test('titles are sorted by the collation, in one page and in many', async () => {
  const whole = await list(null)
  const expected = IN_ORDER.toSpliced(2, 0, 'apple')
  expect(whole.map(({ node }) => node.title)).toEqual(expected)
  for (const [index, { cursor }] of whole.entries()) {
    const rest = await list(cursor)
    expect(rest.map(({ node }) => node.id)).toEqual(whole.slice(index + 1).map(({ node }) => node.id))
  }
})

test('the whole shop has the same order', async () => {
  const { data } = await shop.execute('{ products(first: 100, sort: TITLE) { edges { node { title } } } }')
  expect(data.products.edges.map(({ node }: Edge) => node.title)).toEqual(IN_ORDER.toSpliced(2, 0, 'apple'))
})

test('a page is read from an index in its order', async () => {
  const plan = await shop.resources.prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe('SET LOCAL enable_seqscan = off')
    return tx.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(`EXPLAIN SELECT p.id FROM product p
      WHERE p.status = 'ACTIVE' AND (p.title, p.id) > ('b', '')
      ORDER BY p.title, p.id LIMIT 3`)
  })
  const text = plan.map((line) => line['QUERY PLAN']).join('\n')
  expect(text).toContain('product_status_title_id_idx')
  expect(text).not.toContain('Sort')
})

test.each([
  ['NEWEST', '0000-01-01T00:00:00.000Z'],
  ['NEWEST', '+010000-01-01T00:00:00.000Z'],
  ['NEWEST', '2026-02-30T00:00:00.000Z'],
  ['TITLE', 'x'.repeat(201)],
  ['TITLE', 'half \ud800'],
])('a cursor of %s forged with %s is refused', async (sort, value) => {
  const after = encodeCursor(sort, [value, newId('prd')])
  const query = `query ($after: String) { products(sort: ${sort}, after: $after) { edges { cursor } } }`
  const { errors } = await shop.execute(query, { after })
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
})

test('a cursor of the longest title, 200 characters outside of the basic plane, is one of the list', async () => {
  const after = encodeCursor('TITLE', ['🧦'.repeat(200), newId('prd')])
  const query =
    'query ($after: String) { products(sort: TITLE, after: $after) { pageInfo { hasPreviousPage } } }'
  const { data } = await shop.execute(query, { after })
  expect(data.products.pageInfo).toEqual({ hasPreviousPage: true })
})

test('categories among siblings go by name in the same order', async () => {
  for (const [index, name] of ['Zebra', 'apple', 'Äpfel'].entries()) {
    await shop.execute(
      'mutation ($input: CreateCategoryInput!) { createCategory(input: $input) { category { id } } }',
      { input: { idempotencyKey: newId('tst'), slug: `c-${index}`, name, parentId: category } },
      shop.editor,
    )
  }
  const { data } = await shop.execute('{ category(slug: "all") { children { name } } }')
  expect(data.category.children.map(({ name }: { name: string }) => name)).toEqual([
    'Äpfel',
    'apple',
    'Zebra',
  ])
})
