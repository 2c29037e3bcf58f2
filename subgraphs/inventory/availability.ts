import type { AvailabilityStatus } from './generated/prisma/enums.ts'
import { available, type StockLevel } from './stock-level.ts'

/** A variant's published stock. */
export type PublicStock = {
  readonly status: AvailabilityStatus
  readonly availableQuantity: number
}

/** Maximum published quantity: exact stock is a trade secret, and shoppers do not need more. */
export const COUNTED_UP_TO = 20

/**
 * Up to this quantity shoppers see LOW_STOCK. It is independent of the reorder point, at which staff buy more
 * and which depends on the supplier's lead time.
 */
export const FEW_LEFT = 5

/** The published stock of a variant, from all of its levels. */
export function publicStock(levels: readonly StockLevel[]): PublicStock {
  const units = levels.reduce((sum, level) => sum + available(level), 0)
  const availableQuantity = Math.min(units, COUNTED_UP_TO)
  if (units > FEW_LEFT) return { status: 'IN_STOCK', availableQuantity }
  if (units > 0) return { status: 'LOW_STOCK', availableQuantity }
  const isComing = levels.some((level) => level.incoming > 0)
  return { status: isComing ? 'BACKORDER' : 'OUT_OF_STOCK', availableQuantity }
}

/**
 * The variants whose published stock changes, with its new value.
 * @param before all levels of these variants, locked: a sum over some of them would be wrong.
 * @param after the levels that change.
 */
export function changedAvailability(
  before: readonly StockLevel[],
  after: readonly StockLevel[],
): { variantId: string; stock: PublicStock }[] {
  const changed = new Map(after.map((level) => [level.id, level]))
  return [...Map.groupBy(before, (level) => level.variantId)].flatMap(([variantId, levels]) => {
    const was = publicStock(levels)
    const stock = publicStock(levels.map((level) => changed.get(level.id) ?? level))
    const isSame = was.status === stock.status && was.availableQuantity === stock.availableQuantity
    return isSame ? [] : [{ variantId, stock }]
  })
}
