import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Catalogue,
  type MadeProduct,
  openProducts,
  productInput,
  variantInput,
} from './testing/open-products.ts'

const PRODUCTS = 50

let shop: Catalogue
let made: MadeProduct[]
beforeAll(async () => {
  shop = await openProducts()
  const categoryId = await shop.category('crew')
  made = []
  for (let index = 0; index < PRODUCTS; index++) {
    const slug = `sock-${index}`
    const variants = [1, 2, 3].map((number) => variantInput(`SOCK-${index}-${number}`, number))
    made.push(await shop.onSale(productInput(slug, { categoryId, variants })))
  }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on Product { id slug title status category { slug ancestors { slug } } images { url }
    priceRange { min { amount } max { amount } }
    variants(first: 5) { edges { node { id sku price { amount } compareAtPrice(currency: EUR) { amount } options { value }
      product { title } } } } }
  ... on ProductVariant { id sku price { amount } product { slug category { name } } }
  ... on Category { slug } } }`

const entities = (representations: object[]) => shop.execute(ENTITIES, { representations })

test('50 products with variants, prices, pictures and categories cost as many statements as one', async () => {
  const all = made.map(({ id }) => ({ __typename: 'Product', id }))
  let answer: Awaited<ReturnType<typeof entities>> | undefined
  const many = await shop.sqlCount(async () => {
    answer = await entities(all)
  })
  const one = await shop.sqlCount(() => entities(all.slice(0, 1)))

  expect(answer?.errors).toEqual([])
  expect(answer?.data._entities.map(({ id }: { id: string }) => id)).toEqual(made.map(({ id }) => id))
  for (const product of answer?.data._entities ?? []) expect(product.variants.edges).toHaveLength(3)
  // Products, variants with prices, ranges, pictures, the category tree.
  expect({ many, one }).toEqual({ many: 5, one: 5 })
})

test('products are found by slug and variants by id and SKU, in the order asked, in one statement a key', async () => {
  const variants = made.flatMap(({ variants: { edges } }) => edges.map(({ node }) => node))
  const representations = [
    ...made.map(({ slug }) => ({ __typename: 'Product', slug })),
    ...variants.map(({ id }) => ({ __typename: 'ProductVariant', id })),
    ...variants.map(({ sku }) => ({ __typename: 'ProductVariant', sku })),
  ]
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on Product { slug } ... on ProductVariant { sku } } }`
  let answer: Awaited<ReturnType<typeof entities>> | undefined
  const statements = await shop.sqlCount(async () => {
    answer = await shop.execute(query, { representations })
  })

  expect(statements).toBe(3)
  expect(answer?.data._entities).toEqual([
    ...made.map(({ slug }) => ({ slug })),
    ...[...variants, ...variants].map(({ sku }) => ({ sku })),
  ])
})

test('categories are found by id, at the top of the tree and below, in the order asked', async () => {
  const top = await shop.category('hosiery')
  const ids = [await shop.category('tights', top), top]
  const { data } = await entities(ids.map((id) => ({ __typename: 'Category', id })))
  expect(data._entities).toEqual([{ slug: 'tights' }, { slug: 'hosiery' }])
})

test('unknown, malformed and hidden keys are null beside the others', async () => {
  const draft = await shop.draft(productInput('hidden'))
  const [known] = made
  const { data, errors } = await entities([
    { __typename: 'Product', id: known?.id },
    { __typename: 'Product', id: 'prd_01930000-0000-7000-8000-000000000000' },
    { __typename: 'Product', id: "'; DROP TABLE product; --" },
    { __typename: 'Product', slug: 'no\u0000such' },
    { __typename: 'Product', id: draft.id },
    { __typename: 'ProductVariant', id: draft.variants.edges[0]?.node.id },
    { __typename: 'ProductVariant', sku: 'HIDDEN-1' },
    { __typename: 'Category', id: 'cat_01930000-0000-7000-8000-000000000000' },
  ])
  expect(errors).toEqual([])
  expect(data._entities).toEqual([expect.objectContaining({ id: known?.id }), ...Array(7).fill(null)])
})

test('a catalogue page of 20 products with variants and prices is two statements', async () => {
  const page = `{ products(first: 20) { edges { node { id slug title
    variants(first: 4) { edges { node { id sku price { amount currencyCode } } } } } } } }`
  let answer: Awaited<ReturnType<typeof entities>> | undefined
  const statements = await shop.sqlCount(async () => {
    answer = await shop.execute(page)
  })
  expect(answer?.data.products.edges).toHaveLength(20)
  expect(statements).toBe(2)
})

test('variants come a page at a time, in the order of the product', async () => {
  const query = `query ($id: ID!, $after: String) { product(id: $id) { variants(first: 2, after: $after) {
    edges { node { sku } } pageInfo { hasNextPage endCursor } } } }`
  const { data: first } = await shop.execute(query, { id: made[7]?.id })
  const { pageInfo } = first.product.variants
  const { data: second } = await shop.execute(query, { id: made[7]?.id, after: pageInfo.endCursor })

  expect(pageInfo.hasNextPage).toBe(true)
  expect([first, second].map((data) => data.product.variants.edges)).toEqual([
    [{ node: { sku: 'SOCK-7-1' } }, { node: { sku: 'SOCK-7-2' } }],
    [{ node: { sku: 'SOCK-7-3' } }],
  ])
  expect(second.product.variants.pageInfo.hasNextPage).toBe(false)
  // The cursor of the first variant, which has position 0.
  const [{ cursor }] = (
    await shop.execute('query ($id: ID!) { product(id: $id) { variants { edges { cursor } } } }', {
      id: made[7]?.id,
    })
  ).data.product.variants.edges
  const { data: rest } = await shop.execute(query, { id: made[7]?.id, after: cursor })
  expect(rest.product.variants.edges).toEqual(['SOCK-7-2', 'SOCK-7-3'].map((sku) => ({ node: { sku } })))
})

test('the cost of a variant is visible only with catalog:write; its other fields are returned', async () => {
  const query = '{ variant(sku: "SOCK-1-1") { sku costPrice { amount } } }'
  const { data, errors } = await shop.execute(query)
  expect(data.variant).toEqual({ sku: 'SOCK-1-1', costPrice: null })
  expect(errors[0]).toMatchObject({ path: ['variant', 'costPrice'], extensions: { code: 'UNAUTHENTICATED' } })
  expect((await shop.execute(query, {}, shop.editor)).data.variant.costPrice).toEqual({ amount: '4.20' })
  const costPrice = { amount: '3.90', currencyCode: 'EUR' }
  await shop.draft(productInput('of-euros', { variants: [{ ...variantInput('OF-EUROS'), costPrice }] }))
  const inEuros = '{ variant(sku: "OF-EUROS") { costPrice { amount currencyCode } } }'
  expect((await shop.execute(inEuros, {}, shop.editor)).data.variant).toEqual({ costPrice })
})

test('an argument of null is like one that is left out', async () => {
  const list = '{ edges { node { slug } } }'
  const range = '{ min { amount currencyCode } max { amount } }'
  const money = '{ amount currencyCode }'
  /** Fields, each without arguments and with null for all of them. */
  const pair = (field: string, args: string, selection: string) =>
    `${field}: ${field} ${selection} ${field}OfNull: ${field}(${args}) ${selection}`
  const ofShop = pair('products', 'first: null, after: null, sort: null, filter: null', list)
  const ofCategory = pair('products', 'first: null, after: null, sort: null, currency: null', list)
  const ofProduct = `${pair('priceRange', 'currency: null', range)} ${pair('variants', 'first: null, after: null', '{ edges { cursor } }')}`
  const ofVariant = `${pair('price', 'currency: null', money)} ${pair('compareAtPrice', 'currency: null', money)}`
  const { data, errors } = await shop.execute(`{ ${ofShop} category(slug: "crew") { ${ofCategory} }
    product(slug: "sock-1") { ${ofProduct} } variant(sku: "SOCK-1-1") { ${ofVariant} } }`)
  expect(errors).toEqual([])
  const { category, product, variant, ...shopOnly } = data
  for (const parent of [shopOnly, category, product, variant])
    for (const field of Object.keys(parent).filter((name) => !name.endsWith('OfNull')))
      expect([field, parent[`${field}OfNull`]]).toEqual([field, parent[field]])
  expect([shopOnly, category].map(({ products }) => products.edges.length)).toEqual([20, 20])
  expect(variant.price.currencyCode).toBe('USD')
})

test('the longest keys find their product and variant', async () => {
  const [slug, sku] = ['x'.repeat(100), 'X'.repeat(40)]
  await shop.draft(productInput(slug, { variants: [variantInput(sku)] }))
  const { data } = await shop.execute(
    `{ product(slug: "${slug}") { slug } variant(sku: "${sku}") { sku } }`,
    {},
    shop.editor,
  )
  expect(data).toEqual({ product: { slug }, variant: { sku } })
})
