import { expect, test } from 'vitest'
import { categoryChanged, priceChanged, productChanged } from './events.ts'
import type { WholeProduct } from './product.ts'
import type { Variant } from './variant.ts'

const price = (minor: bigint) => ({ minor, compareAtMinor: null })
const VARIANT: Variant = {
  ...{
    id: 'var_1',
    productId: 'prd_1',
    sku: 'SOCK-1',
    title: 'Navy / M',
    weightGrams: 60,
    position: 0,
    cost: null,
  },
  options: [{ name: 'Size', value: 'M' }],
  prices: { USD: price(1_200n), EUR: price(1_100n), JPY: price(1_800n) },
}
const PRODUCT: WholeProduct = {
  ...{ id: 'prd_1', slug: 'sock', title: 'Sock', description: 'Warm.', categoryId: 'cat_1' },
  ...{ status: 'ACTIVE', version: 5, releasedAt: new Date('2026-11-21T09:00:00Z'), variants: [VARIANT] },
}
const prices = (...minors: string[]) =>
  ['USD', 'EUR', 'JPY'].map((currencyCode, place) => ({ amountMinor: minors[place], currencyCode }))

test('a product is published with its values', () => {
  const { id: productId, slug, title, description, status, categoryId } = PRODUCT
  const { id: variantId, sku, options, weightGrams } = VARIANT
  expect(productChanged(PRODUCT)).toEqual({
    type: 'products.product.changed',
    subject: 'prd_1',
    sequence: 5,
    data: {
      ...{ productId, slug, title, description, status, categoryId, releasedAt: '2026-11-21T09:00:00.000Z' },
      variants: [
        { variantId, sku, title: 'Navy / M', options, weightGrams, prices: prices('1200', '1100', '1800') },
      ],
    },
  })
})

test('each variant is published with its own values, and all its options', () => {
  const second: Variant = {
    ...{ ...VARIANT, id: 'var_2', sku: 'SOCK-2', title: 'Red / L', weightGrams: 75, position: 1 },
    options: [
      { name: 'Size', value: 'L' },
      { name: 'Colour', value: 'Red' },
    ],
    prices: { USD: price(1_300n), EUR: price(1_150n), JPY: price(1_900n) },
  }
  const { id: variantId, sku, title, options, weightGrams } = second
  const published = { variantId, sku, title, options, weightGrams, prices: prices('1300', '1150', '1900') }
  const [first] = productChanged(PRODUCT).data.variants
  expect(productChanged({ ...PRODUCT, variants: [VARIANT, second] }).data.variants).toEqual([
    first,
    published,
  ])
})

test('changed prices are published beside those before', () => {
  const after = { ...VARIANT, prices: { ...VARIANT.prices, EUR: price(900n) } }
  expect(priceChanged(PRODUCT, VARIANT, after)).toEqual({
    type: 'products.price.changed',
    subject: 'prd_1',
    sequence: 5,
    data: {
      ...{ productId: 'prd_1', variantId: 'var_1', sku: 'SOCK-1' },
      prices: prices('1200', '900', '1800'),
      previousPrices: prices('1200', '1100', '1800'),
    },
  })
})

test('a category is published with its values', () => {
  const category = { id: 'cat_1', parentId: 'cat_2', slug: 'crew', name: 'Crew', position: 3, version: 8 }
  const { id: categoryId, version: sequence, ...data } = category
  expect(categoryChanged(category)).toEqual({
    ...{ type: 'products.category.changed', subject: 'cat_1', sequence },
    data: { ...data, categoryId },
  })
})
