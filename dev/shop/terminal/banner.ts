import { design, productAtRank } from '../../seed/catalogue/product.ts'
import type { Plan } from '../../seed/plan.ts'
import type { Shop } from '../start/start-shop.ts'
import { shownUrl } from './shown-url.ts'

/**
 * A product page from four subgraphs: catalogue and price, stock, rating and reviews, their authors'
 * purchases.
 */
export function productPageQuery(slug: string): string {
  return `{
  product(slug: "${slug}") {
    title
    description
    priceRange { min { amount currencyCode } max { amount currencyCode } }
    variants(first: 3) {
      edges { node { sku title price { amount currencyCode } availability { status availableQuantity } } }
    }
    rating { average count histogram }
    reviews(first: 3) {
      edges { node { rating title body verifiedPurchase author { displayName } } }
    }
  }
}`
}

/** The slug of the best-selling crew sock, which has many reviews. */
export function bestSeller(seed: Plan): string {
  return design(seed, productAtRank(seed, 0, 0)).slug
}

/** The text that is printed when the shop is ready: addresses, accounts, and a query to paste. */
export function banner({ url, gatewayUrl, inboxUrl, subgraphs, accounts, seed }: Shop): string {
  const { customer, staff } = accounts
  const lines = [
    '',
    'Argyle is ready.',
    '',
    `  GraphQL endpoint   ${shownUrl(url)}`,
    `  Explorer           ${shownUrl(new URL('/', url).href)}/ (in a browser)`,
    ...subgraphs.map((one) => `  ${one.name.padEnd(17)}  ${shownUrl(one.url)}`),
    `  Sandbox gateway    ${shownUrl(gatewayUrl)}`,
    `  Inbox              ${shownUrl(inboxUrl)} (every e-mail and text message that the shop sends)`,
    '',
    `  Customer           ${customer.email}   password: ${customer.password}`,
    `  Staff member       ${staff.email}   password: ${staff.password}`,
  ]
  const page = seed && productPageQuery(bestSeller(seed))
  const query = page ? ['', 'A product page to paste into the explorer:', '', page] : []
  return [
    ...lines,
    ...query,
    '',
    'Type "help" for what can be tried while it runs; ctrl-c stops everything.',
    '',
  ].join('\n')
}
