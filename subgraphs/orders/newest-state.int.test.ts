import { testNewestState } from '@argyle/kit/testing/newest-state'
import { afterAll, beforeAll } from 'vitest'
import { openOrders, type Shop } from './testing/open-orders.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openOrders()
})
afterAll(() => shop.close())

const PRODUCT = { slug: 's', status: 'ACTIVE', categoryId: null, title: 'Crew' }
const VARIANT = { sku: 'A', title: 'M', weightGrams: 60, prices: [] as object[] }
/** A message of the product of a variant. */
const productOf = (variantId: string, product: object, variant: object) =>
  [
    'products.product.changed',
    {
      ...{ ...PRODUCT, ...product, productId: variantId.replace('var_', 'prd_') },
      variants: [{ ...VARIANT, ...variant, variantId }],
    },
  ] as const
const category = (categoryId: string) => (productId: string) =>
  ['products.product.changed', { ...PRODUCT, productId, categoryId, variants: [] }] as const
const euros = (amountMinor: string) => [
  { amountMinor: '1', currencyCode: 'USD' },
  { amountMinor, currencyCode: 'EUR' },
  { amountMinor: '3', currencyCode: 'JPY' },
]
const priceOf = (variantId: string, prices: object) =>
  ['products.price.changed', { variantId, sku: 'A', prices, previousPrices: [] }] as const
const price = { table: "(SELECT * FROM variant_price WHERE currency = 'EUR')", key: 'variant_id' } as const
const stock = (availableQuantity: number) => (variantId: string) =>
  ['inventory.availability.changed', { variantId, status: 'LOW_STOCK', availableQuantity }] as const
const userId = 'usr_019aa5c2-8c00-7000-8000-0000000000d1'
const address = (addressId: string, fields: object) =>
  ['users.address.saved', { addressId, userId, ...fields }] as const
const LEEDS = {
  ...{ recipient: 'Ada', line1: '1 Loom Lane', line2: 'Attic', city: 'Leeds' },
  ...{ region: 'Yorkshire', postalCode: 'LS1 4AP', countryCode: 'GB' },
}
const PORTO = {
  ...{ recipient: 'Ada L.', line1: 'Rua 2', line2: 'Esq.', city: 'Porto' },
  ...{ region: 'Norte', postalCode: '4000-001', countryCode: 'PT' },
}
const addressRow = { id: 'adr', table: 'customer_address', key: 'address_id' } as const
const quoteKey = (letter: string, notAfter: string) => (keyId: string) =>
  ['shipping.quote_key.published', { keyId, publicKey: letter.repeat(43), notAfter }] as const

testNewestState('orders', () => shop, {
  'the category of a product': {
    ...{ id: 'prd', table: 'known_product', key: 'product_id' },
    older: category('cat_a'),
    newer: category('cat_b'),
    row: { category_id: 'cat_b', sequence: 10 },
  },
  'a variant': {
    ...{ id: 'var', table: 'known_variant', key: 'variant_id' },
    older: (id) => productOf(id, {}, {}),
    newer: (id) =>
      productOf(id, { status: 'ARCHIVED', title: 'New' }, { sku: 'B', title: 'L', weightGrams: 70 }),
    row: { sku: 'B', title: 'New, L', weight_grams: 70, listed: false },
  },
  'the price of a variant, by its product': {
    ...{ id: 'var', ...price },
    older: (id) => productOf(id, {}, { prices: euros('900') }),
    newer: (id) => productOf(id, {}, { prices: euros('850') }),
    row: { minor: 850, sequence: 10 },
  },
  'the price of a variant': {
    ...{ id: 'var', ...price },
    older: (id) => priceOf(id, euros('900')),
    newer: (id) => priceOf(id, euros('850')),
    row: { minor: 850, sequence: 10 },
  },
  'the price of a variant, before its product': {
    ...{ id: 'var', ...price },
    older: (id) => productOf(id, {}, { prices: euros('900') }),
    newer: (id) => priceOf(id, euros('850')),
    row: { minor: 850, sequence: 10 },
  },
  'the stock of a variant': {
    ...{ id: 'var', table: 'variant_availability', key: 'variant_id' },
    older: stock(3),
    newer: stock(0),
    row: { available: 0, sequence: 10 },
  },
  'an address': {
    ...addressRow,
    older: (id) => address(id, LEEDS),
    newer: (id) => address(id, PORTO),
    row: {
      ...{ recipient: 'Ada L.', line1: 'Rua 2', line2: 'Esq.', city: 'Porto', region: 'Norte' },
      ...{ postal_code: '4000-001', country_code: 'PT', sequence: 10 },
    },
  },
  'an address that is removed': {
    ...addressRow,
    older: (id) => address(id, LEEDS),
    newer: (addressId) => ['users.address.removed', { addressId, userId }],
    row: {
      ...{ recipient: null, line1: null, line2: null, city: null, region: null },
      ...{ postal_code: null, country_code: null, removed: true, sequence: 10 },
    },
  },
  'an address that is saved again': {
    ...addressRow,
    older: (addressId) => ['users.address.removed', { addressId, userId }],
    newer: (id) => address(id, PORTO),
    row: { recipient: 'Ada L.', country_code: 'PT', removed: false, sequence: 10 },
  },
  'a key of quotes': {
    ...{ id: 'qky', table: 'quote_key', key: 'key_id' },
    older: quoteKey('A', '2027-01-29T10:00:00.000Z'),
    newer: quoteKey('B', '2027-02-28T10:00:00.000Z'),
    row: { public_key: 'B'.repeat(43), not_after: '2027-02-28T10:00:00+00:00', sequence: 10 },
  },
})
