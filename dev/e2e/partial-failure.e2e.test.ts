import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { bestSeller } from '../shop/terminal/banner.ts'
import type { Answer, GraphqlClient } from '../shop/testing/graphql-client.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { signIn } from './sign-in.ts'

const PAGE = `query Page($slug: String!) {
  product(slug: $slug) {
    title
    variants(first: 3) { edges { node { price { amount } availability { status availableQuantity } } } }
    rating { average count }
    reviews(first: 3) { edges { node { body verifiedPurchase author { displayName } } } }
  }
  me { email returns(first: 1) { edges { node { status } } } }
}`

let shop: TestShop
let client: GraphqlClient
let whole: Answer

const page = () => client.ask(PAGE, { slug: shop.seed ? bestSeller(shop.seed) : '' })

beforeAll(async () => {
  shop = await startTestShop()
  client = shop.visitor()
  await signIn(client, shop.accounts.customer)
  whole = await page()
})
afterAll(() => shop?.stop())

test('while all subgraphs run the page is complete', () => {
  expect(whole.errors).toEqual([])
  expect(whole.data.product.reviews.edges).toHaveLength(3)
  expect(whole.data.product.variants.edges[0].node.availability.status).toBe('IN_STOCK')
  expect(whole.data.me).toEqual({ email: 'ada@argyle.example', returns: { edges: [] } })
})

/** The fields of the page that are null without a subgraph; a subgraph without a row affects none. */
const MISSING: Readonly<Record<string, readonly string[]>> = {
  users: ['me'],
  products: ['product'],
  inventory: ['availability'],
  reviews: ['rating', 'reviews'],
  orders: ['verifiedPurchase'],
  shipping: ['returns'],
}

/** The paths of fields with these names. */
function placesOf(
  fields: readonly string[],
  value: unknown,
  path: readonly (string | number)[] = [],
): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key]
    return fields.includes(key) ? [at] : placesOf(fields, inner, at)
  })
}

/** The original page, with null for these fields. */
function without(fields: readonly string[], value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => without(fields, item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fields.includes(key) ? null : without(fields, inner)]),
  )
}

describe.each(SUBGRAPH_NAMES)('while %s is stopped', (name) => {
  const fields = MISSING[name] ?? []

  test('the rest of the page is returned, with an error for each missing field that reveals nothing internal', async () => {
    const subgraph = shop.subgraph(name)
    await subgraph.stop()
    try {
      const { status, data, errors } = await page()
      expect(status).toBe(200)
      expect(data).toEqual(without(fields, whole.data))
      expect(errors.map((error) => error.path)).toEqual(placesOf(fields, whole.data))
      for (const { extensions } of errors) expect(extensions).toEqual({ code: 'SUBGRAPH_UNAVAILABLE' })
      expect(JSON.stringify(errors)).not.toMatch(/ECONN|127\.0\.0\.1|localhost|stack|\.ts|_entities|fetch/i)
    } finally {
      await subgraph.start()
    }
  })

  test('after its restart the page is complete, without a restart of anything else', async () => {
    expect(await page()).toEqual(whole)
  })
})
