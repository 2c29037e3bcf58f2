import type { NewEvent } from '@argyle/kit/envelope'
import { CURRENCIES, type EventMoney, money, toEventMoney } from '@argyle/kit/money'
import type { Category } from './category.ts'
import type { ProductStatus, WholeProduct } from './product.ts'
import type { SelectedOption, Variant } from './variant.ts'

/** The full state of a product for other subgraphs. The subject is the product, the sequence its version. */
export type ProductChanged = {
  productId: string
  slug: string
  title: string
  description: string | null
  status: ProductStatus
  categoryId: string | null
  releasedAt: string
  variants: {
    variantId: string
    sku: string
    title: string
    options: SelectedOption[]
    weightGrams: number
    prices: EventMoney[]
  }[]
}

/**
 * A branch of the tree was created, renamed or moved. Its subject is the category, its sequence the
 * category's version.
 */
export type CategoryChanged = {
  categoryId: string
  parentId: string | null
  slug: string
  name: string
  position: number
}

/** A variant's prices have changed. Subject and sequence are those of the product. */
export type PriceChanged = {
  productId: string
  variantId: string
  sku: string
  prices: EventMoney[]
  previousPrices: EventMoney[]
}

export function productChanged(product: WholeProduct): NewEvent<ProductChanged> {
  const { id, slug, title, description, status, categoryId, version } = product
  const releasedAt = product.releasedAt.toISOString()
  const variants = product.variants.map((variant) => ({
    variantId: variant.id,
    sku: variant.sku,
    title: variant.title,
    options: variant.options.map(({ name, value }) => ({ name, value })),
    weightGrams: variant.weightGrams,
    prices: pricesOf(variant),
  }))
  const data = { productId: id, slug, title, description, status, categoryId, releasedAt, variants }
  return { type: 'products.product.changed', subject: id, sequence: version, data }
}

export function categoryChanged(category: Category): NewEvent<CategoryChanged> {
  const { id, parentId, slug, name, position, version } = category
  const data = { categoryId: id, parentId, slug, name, position }
  return { type: 'products.category.changed', subject: id, sequence: version, data }
}

export function priceChanged(product: WholeProduct, before: Variant, after: Variant): NewEvent<PriceChanged> {
  const data = {
    productId: product.id,
    variantId: after.id,
    sku: after.sku,
    prices: pricesOf(after),
    previousPrices: pricesOf(before),
  }
  return { type: 'products.price.changed', subject: product.id, sequence: product.version, data }
}

/** In the shop's order of currencies. */
const pricesOf = ({ prices }: Variant) =>
  CURRENCIES.map((currency) => toEventMoney(money(prices[currency].minor, currency)))
