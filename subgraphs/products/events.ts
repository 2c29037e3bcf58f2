import type { NewEvent } from '@argyle/kit/envelope'
import { CURRENCIES, type EventMoney, money, toEventMoney } from '@argyle/kit/money'
import type { ProductStatus, WholeProduct } from './product.ts'
import type { Variant } from './variant.ts'

/** The full state of a product for other subgraphs. The subject is the product, the sequence its version. */
export type ProductChanged = {
  productId: string
  slug: string
  title: string
  status: ProductStatus
  categoryId: string | null
  variants: { variantId: string; sku: string; title: string; weightGrams: number; prices: EventMoney[] }[]
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
  const { id, slug, title, status, categoryId, version } = product
  const variants = product.variants.map((variant) => ({
    variantId: variant.id,
    sku: variant.sku,
    title: variant.title,
    weightGrams: variant.weightGrams,
    prices: pricesOf(variant),
  }))
  const data = { productId: id, slug, title, status, categoryId, variants }
  return { type: 'products.product.changed', subject: id, sequence: version, data }
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
