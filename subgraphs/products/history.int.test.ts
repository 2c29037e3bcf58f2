import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { history } from './history.ts'
import {
  type Catalogue,
  type MadeProduct,
  openProducts,
  productInput,
  variantInput,
} from './testing/open-products.ts'

let now = new Date('2026-11-21T09:00:00Z')
let shop: Catalogue
let product: MadeProduct
let categoryId: string
beforeAll(async () => {
  shop = await openProducts({ clock: () => now })
  categoryId = await shop.category('crew')
  product = await shop.draft(productInput('steady'))
})
afterAll(() => shop.close())

/** Each mutation, in this order, with the type that it publishes and its input at a version of the product. */
const CHANGES: [mutation: string, type: string, (expectedVersion: number) => object][] = [
  ['createCategory', 'category', () => ({ idempotencyKey: newId('tst'), slug: 'ankle', name: 'Ankle' })],
  ['createProduct', 'product', () => productInput('second')],
  ['updateCategory', 'category', () => ({ id: categoryId, expectedVersion: 1, name: 'Crews' })],
  ['updateProduct', 'product', (expectedVersion) => ({ id: product.id, expectedVersion, title: 'Steady' })],
  [
    'addVariant',
    'product',
    () => ({ idempotencyKey: newId('tst'), productId: product.id, variant: variantInput('STEADY-2', 2) }),
  ],
  [
    'updateVariant',
    'product',
    (expectedVersion) => ({ id: product.variants.edges[0]?.node.id, expectedVersion, weightGrams: 70 }),
  ],
  [
    'changePrice',
    'product',
    (expectedVersion) => ({
      ...{ variantId: product.variants.edges[0]?.node.id, expectedVersion },
      prices: [{ currencyCode: 'USD', amount: '13.00', compareAtAmount: '14.00' }],
    }),
  ],
  ['publishProduct', 'product', (expectedVersion) => ({ id: product.id, expectedVersion })],
  ['archiveProduct', 'product', (expectedVersion) => ({ id: product.id, expectedVersion })],
]

test.each(CHANGES)(
  '%s: its %s is in the history since its own time, as published',
  async (mutation, what, input) => {
    now = new Date(now.getTime() + 1_000)
    const { data: read } = await shop.execute(`{ product(id: "${product.id}") { version } }`, {}, shop.editor)
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
    const { data } = await shop.execute(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { __typename } } }`,
      { input: input(read.product.version) },
      shop.editor,
    )
    expect(data[mutation]).toEqual({ userErrors: [] })
    const page = { after: null, limit: 100, since: now, recipient: 'search' }
    const published = await Promise.all(history.map((part) => part(shop.own, page)))
    const news = (await shop.outbox()).findLast((row) => row.type === `products.${what}.changed`)
    const { subject, sequence, data: values } = news ?? {}
    expect(published.flat().map(({ event, time }) => ({ ...event, time }))).toEqual([
      { type: `products.${what}.changed`, subject, sequence, data: values, time: now },
    ])
  },
)
