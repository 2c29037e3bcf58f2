import type { AvailabilityStatus } from './generated/prisma/enums.ts'
import { available, type StockLevel } from './stock-level.ts'

/** What the public may know of a variant's stock. */
export type PublicStock = {
  readonly status: AvailabilityStatus
  readonly availableQuantity: number
}

/** Counted no further: an exact stock is a trade secret, and above this a shopper does not care. */
export const COUNTED_UP_TO = 20

/**
 * "Be quick", said to shoppers. It is not the reorder point, which says "buy more" to staff and depends on how long
 * the supplier takes.
 */
export const FEW_LEFT = 5

/** The public stock of one variant, from all of its levels. */
export function publicStock(levels: readonly StockLevel[]): PublicStock {
  const units = levels.reduce((sum, level) => sum + available(level), 0)
  const availableQuantity = Math.min(units, COUNTED_UP_TO)
  if (units > FEW_LEFT) return { status: 'IN_STOCK', availableQuantity }
  if (units > 0) return { status: 'LOW_STOCK', availableQuantity }
  const isComing = levels.some((level) => level.incoming > 0)
  return { status: isComing ? 'BACKORDER' : 'OUT_OF_STOCK', availableQuantity }
}

/**
 * The variants whose public stock a change alters, with what it becomes.
 * @param before all levels of the variants concerned, as locked: a sum over some of them would be wrong.
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
