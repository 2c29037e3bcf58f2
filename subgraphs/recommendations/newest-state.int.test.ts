import { testNewestState } from '@argyle/kit/testing/newest-state'
import { afterAll, beforeAll } from 'vitest'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'

let shop: OpenRecommendations
beforeAll(async () => {
  shop = await openRecommendations()
})
afterAll(() => shop.close())

const product = (status: string) => (productId: string) =>
  ['products.product.changed', { productId, status, variants: [] }] as const
const stock = (status: string) => (variantId: string) =>
  ['inventory.availability.changed', { variantId, status }] as const
const variant = { id: 'var', table: 'known_variant', key: 'variant_id' } as const
// Rows of variants, and whether they name the product of the same number.
const OWNED = `(SELECT v.*, v.product_id = replace(v.variant_id, 'var', 'prd') AS is_of_product FROM known_variant v)`

testNewestState('recommendations', () => shop, {
  'a product': {
    ...{ id: 'prd', table: 'known_product', key: 'product_id' },
    older: product('ACTIVE'),
    newer: product('ARCHIVED'),
    row: { status: 'ARCHIVED', sequence: 10 },
  },
  'the stock of a variant': {
    ...variant,
    older: stock('OUT_OF_STOCK'),
    newer: stock('LOW_STOCK'),
    row: { in_stock: true, sequence: 10 },
  },
  'the product of a variant whose stock is known': {
    ...{ ...variant, table: OWNED },
    older: stock('IN_STOCK'),
    newer: (variantId) => [
      'products.product.changed',
      { productId: variantId.replace('var', 'prd'), status: 'ACTIVE', variants: [{ variantId }] },
    ],
    row: { is_of_product: true },
  },
})
