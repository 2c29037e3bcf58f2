import { testNewestState } from '@argyle/kit/testing/newest-state'
import { afterAll, beforeAll } from 'vitest'
import { type OpenSearch, openSearch } from './testing/open-search.ts'

let shop: OpenSearch
beforeAll(async () => {
  shop = await openSearch()
})
afterAll(() => shop.close())

const category = (fields: object) => (categoryId: string) =>
  ['products.category.changed', { categoryId, ...fields }] as const
const product = (productId: string, fields: object) =>
  ['products.product.changed', { productId, variants: [], ...fields }] as const
const rating = (average: number, count: number) => (productId: string) =>
  ['reviews.rating.changed', { productId, average, count }] as const
const stock = (status: string) => (variantId: string) =>
  ['inventory.availability.changed', { variantId, status }] as const
const PARENTS = ['cat_019aa5c2-8c00-7000-8000-0000000000e1', 'cat_019aa5c2-8c00-7000-8000-0000000000e2']
const OLDER = { slug: 'a', title: 'A', description: 'a', status: 'ACTIVE', categoryId: 'cat_a' }
const NEWER = { slug: 'b', title: 'B', description: 'b', status: 'ARCHIVED', categoryId: 'cat_b' }
const prices = (minor: readonly [usd: string, eur: string, jpy: string]) =>
  ['USD', 'EUR', 'JPY'].map((currencyCode, index) => ({ currencyCode, amountMinor: minor[index] }))
const variant = { id: 'var', key: 'variant_id' } as const
const WITH_FACETS = `(SELECT v.*, ARRAY(SELECT f.value FROM facet_value f WHERE f.id = ANY(v.option_ids)) AS facets
  FROM listing_variant v)`
const variantOf = (variantId: string, fields: object) =>
  product(variantId.replace('var_', 'prd_'), { ...OLDER, variants: [{ variantId, ...fields }] })

testNewestState('search', () => shop, {
  'a category': {
    ...{ id: 'cat', table: 'category', key: 'category_id' },
    older: category({ parentId: PARENTS[0], slug: 'a', name: 'A', position: 1 }),
    newer: category({ parentId: PARENTS[1], slug: 'b', name: 'B', position: 2 }),
    row: { parent_id: PARENTS[1], slug: 'b', name: 'B', position: 2, sequence: 10 },
  },
  'a product': {
    ...{ id: 'prd', table: 'listing', key: 'product_id' },
    older: (id) => product(id, { ...OLDER, releasedAt: '2026-11-01T08:00:00.000Z' }),
    newer: (id) => product(id, { ...NEWER, releasedAt: '2026-11-02T08:00:00.000Z' }),
    row: {
      ...{ slug: 'b', title: 'B', description: 'b', status: 'ARCHIVED', category_id: 'cat_b' },
      ...{ released_at: '2026-11-02T08:00:00+00:00', sequence: 10 },
    },
  },
  'the rating of a product': {
    ...{ id: 'prd', table: 'listing', key: 'product_id' },
    older: rating(4.5, 2),
    newer: rating(3.5, 4),
    row: { rating_average: 3.5, rating_count: 4, rating_sequence: 10 },
  },
  'the stock of a variant': {
    ...{ ...variant, table: 'listing_variant' },
    older: stock('OUT_OF_STOCK'),
    newer: stock('LOW_STOCK'),
    row: { in_stock: true, stock_sequence: 10 },
  },
  'the names of a variant whose stock is known': {
    ...{ ...variant, table: 'listing_variant' },
    older: stock('IN_STOCK'),
    newer: (id) => variantOf(id, { sku: 'A', options: [], prices: prices(['1', '2', '3']) }),
    row: { sku: 'A', usd: 1, eur: 2, jpy: 3 },
  },
  'the options and prices of a variant': {
    ...{ ...variant, table: WITH_FACETS },
    older: (id) =>
      variantOf(id, { sku: 'A', options: [{ name: 'Size', value: 'M' }], prices: prices(['1', '2', '3']) }),
    newer: (id) =>
      variantOf(id, { sku: 'B', options: [{ name: 'Size', value: 'L' }], prices: prices(['4', '5', '6']) }),
    row: {
      ...{ sku: 'B', options: [{ name: 'Size', value: 'L' }], facets: ['L'] },
      ...{ usd: 4, eur: 5, jpy: 6 },
    },
  },
})
