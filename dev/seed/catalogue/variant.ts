import { type Plan, productsOf, type Size } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { seedId } from '../random/seed-id.ts'
import { offer } from './offer.ts'
import type { Prices } from './price-ladder.ts'
import { productCreatedAt, productId } from './product.ts'
import { COLOURS, type Colour } from './sock-design.ts'
import { SOCK_TYPES, sockTypeOf } from './sock-type.ts'
import { variantsOfProduct } from './variant-place.ts'

export type VariantRow = {
  id: string
  productId: string
  sku: string
  title: string
  options: readonly { name: string; value: string }[]
  position: number
  weightGrams: number
  prices: Prices
  compareAt: Prices | null
  cost: Prices
  createdAt: number
}

export function variantsOf(size: Size): number {
  return variantsOfProduct.totalOf(productsOf(size))
}

export function variant(plan: Plan, index: number): VariantRow {
  const { member: product, position } = variantsOfProduct.placeOf(index)
  const type = sockTypeOf(product)
  const size = type.sizes[position % type.sizes.length] ?? ''
  const sizeNumber = position % type.sizes.length
  const colour = coloursOf(plan, product)[Math.floor(position / type.sizes.length)]
  if (!colour) throw new Error(`Variant ${index} has no colour.`)
  return {
    id: variantId(plan, index),
    productId: productId(plan, product),
    sku: `${type.code}-${String(Math.floor(product / SOCK_TYPES.length) + 1).padStart(4, '0')}-${colour.code}-${sizeNumber + 1}`,
    title: `${colour.name} / ${size}`,
    options: [
      { name: 'Colour', value: colour.name },
      { name: 'Size', value: size },
    ],
    position,
    weightGrams: type.grams + sizeNumber * Math.round(type.grams / 12),
    ...offer(plan, index),
    createdAt: productCreatedAt(plan, product),
  }
}

export function variantId(plan: Plan, index: number): string {
  return seedId('var', plan.seed, index, productCreatedAt(plan, variantsOfProduct.placeOf(index).member))
}

/** The product's colours, all different. */
export function coloursOf(plan: Plan, product: number): readonly Colour[] {
  const first = chance(plan.seed, 'colour', product).below(COLOURS.length)
  return Array.from({ length: sockTypeOf(product).colours }, (_, place) => {
    const colour = COLOURS[(first + place * 5) % COLOURS.length]
    if (!colour) throw new Error(`Product ${product} has no colour ${place}.`)
    return colour
  })
}
