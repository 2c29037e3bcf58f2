import type { SeedCurrency } from '../catalogue/price-ladder.ts'
import { productCreatedAt } from '../catalogue/product.ts'
import { variantId, variantsOf } from '../catalogue/variant.ts'
import { variantsOfProduct } from '../catalogue/variant-place.ts'
import { HOUR, type Plan, type Size } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { cycle } from '../random/cycle.ts'
import { seedId } from '../random/seed-id.ts'
import { FALLBACK_WAREHOUSE, NEAREST, WAREHOUSE_COUNT, warehouse } from './warehouse.ts'

export type StockLevelRow = {
  id: string
  variantId: string
  warehouseId: string
  /** Units in stock today, after all seeded orders. */
  onHand: number
  reorderPoint: number
  incoming: number
  createdAt: number
}

/** Every variant is stocked in Columbus and Rotterdam, every other one in Osaka too. */
export const levelsOfVariant = cycle([WAREHOUSE_COUNT, WAREHOUSE_COUNT - 1])

export function levelsOf(size: Size): number {
  return levelsOfVariant.totalOf(variantsOf(size))
}

export type Plenty = 'plenty' | 'low' | 'out'

/**
 * Four variants of 50 are low and two are sold out. 50 and the number of variants in a round spread these
 * over all types.
 */
const LOW = new Set([18, 21, 43, 46])
const OUT = new Set([7, 32])

export function plentyOf(variant: number): Plenty {
  if (OUT.has(variant % 50)) return 'out'
  return LOW.has(variant % 50) ? 'low' : 'plenty'
}

export function stockLevel(plan: Plan, index: number): StockLevelRow {
  const { member: variant, position } = levelsOfVariant.placeOf(index)
  const random = chance(plan.seed, 'stock', index)
  const reorderPoint = random.between(4, 8)
  const plenty = plentyOf(variant)
  const createdAt = productCreatedAt(plan, variantsOfProduct.placeOf(variant).member) + HOUR / 6
  return {
    id: seedId('stk', plan.seed, index, createdAt),
    variantId: variantId(plan, variant),
    warehouseId: warehouse(plan, position).id,
    onHand: onHandOf(random.next(), plenty, position),
    reorderPoint,
    incoming: plenty === 'out' && variant % 50 === 7 && position === 0 ? 120 : 0,
    createdAt,
  }
}

/** A low variant has a few pairs in all; a plentiful one more than any reorder point. */
function onHandOf(share: number, plenty: Plenty, position: number): number {
  switch (plenty) {
    case 'out':
      return 0
    case 'low':
      return position === 0 ? 1 + Math.floor(share * 3) : position === 1 ? 1 : 0
    case 'plenty':
      return 15 + Math.floor(share * share * 285)
  }
}

/** The stock level that ships a variant to a customer who pays in this currency. */
export function servingLevel(variant: number, currency: SeedCurrency): number {
  const position = NEAREST[currency]
  const held = position < levelsOfVariant.countOf(variant)
  return levelsOfVariant.firstOf(variant) + (held ? position : FALLBACK_WAREHOUSE)
}
