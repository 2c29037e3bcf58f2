import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bestSeller } from '../shop/banner.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs.ts'
import type { Answer } from '../shop/testing/graphql-client.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop?.stop())

/** Parts of the product page by the subgraph that each comes from; users also owns the accounts, asked for beside it. */
const PAGE = `query Page($slug: String!, $user: ID!, $product: ID!) {
  product(slug: $slug) {
    title
    variants(first: 1) { edges { node { price { amount } availability { status } } } }
    rating { count }
    reviews(first: 1) { edges { node { body verifiedPurchase } } }
  }
  user(id: $user) { email }
}`

async function page(): Promise<Answer> {
  if (!shop.seed) throw new Error('the test shop is seeded')
  return shop.visitor().ask(PAGE, { slug: bestSeller(shop.seed) })
}
