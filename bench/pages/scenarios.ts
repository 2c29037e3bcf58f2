import { design, productAtRank, statusOf } from '../../dev/seed/catalogue/product.ts'
import { SOCK_TYPES } from '../../dev/seed/catalogue/sock-type.ts'
import type { Life } from '../life.ts'
import type { BenchShop } from '../shop/bench-shop.ts'
import { signInCustomers } from '../shop/customers.ts'
import { planOf } from '../shop/databases.ts'
import { client } from '../shop/graphql.ts'
import type { Post } from '../shop/http.ts'
import { cataloguePage, walkCatalogue } from './catalogue-page.ts'
import { checkout } from './checkout.ts'
import { inTurn } from './in-turn.ts'
import { PRODUCT_PAGE, pageByRouter } from './product-page.ts'

/** A user action in the shop, run any number of times over several connections. */
export type Scenario = {
  readonly name: 'catalogue page' | 'product page' | 'checkout'
  readonly once: (connection: number) => Promise<void>
}

const CATALOGUE_PAGES = 8
const PRODUCTS_OF_A_TYPE = 2

/** The scenarios for a shop, with signed-in customers and known products. */
export async function scenariosOf(
  shop: BenchShop,
  post: Post,
  most: number,
  life: Life,
): Promise<Scenario[]> {
  const { cursors, variantIds } = await walkCatalogue(client(post, shop.url), CATALOGUE_PAGES)
  const plan = await planOf(shop, life)
  const bestOfType = SOCK_TYPES.flatMap((_, type) =>
    Array.from({ length: PRODUCTS_OF_A_TYPE }, (_, rank) => productAtRank(plan, type, rank)),
  )
  const slugs = bestOfType
    .filter((index) => statusOf(index) === 'ACTIVE')
    .map((index) => design(plan, index).slug)
  const customers = await signInCustomers(post, shop.url, plan, most)
  const pages = cursors.map((after) => cataloguePage(post, shop.url, after))
  const products = slugs.map((slug) =>
    pageByRouter(post, shop.url, JSON.stringify({ query: PRODUCT_PAGE, variables: { slug } })),
  )
  const nextPage = inTurn(pages)
  const nextProduct = inTurn(products)
  const nextVariant = inTurn(variantIds)
  return [
    { name: 'catalogue page', once: async () => void (await nextPage()()) },
    { name: 'product page', once: async () => void (await nextProduct()()) },
    {
      name: 'checkout',
      once: async (connection) => {
        const customer = customers[connection]
        if (!customer) throw new Error(`no customer for connection ${connection}`)
        await checkout(customer, [nextVariant(), nextVariant()])
      },
    },
  ]
}
