import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { available, type StockLevel } from './stock-level.ts'

/** Units of one variant in an order. */
export type WantedLine = { readonly variantId: string; readonly quantity: number }

/** Units to take from one level. */
export type Allotment = { readonly level: StockLevel; readonly quantity: number }

/** A line that all warehouses together cannot fill. */
export type Shortage = {
  readonly variantId: string
  readonly requestedQuantity: number
  readonly availableQuantity: number
}

/** Merges lines of the same variant: an order may name a variant twice. */
export function mergeLines(lines: readonly WantedLine[]): WantedLine[] {
  return [...Map.groupBy(lines, (line) => line.variantId)].map(([variantId, same]) => ({
    variantId,
    quantity: same.reduce((sum, line) => sum + line.quantity, 0),
  }))
}

function shortagesOf(lines: readonly WantedLine[], levels: readonly StockLevel[]): Shortage[] {
  const byVariant = Map.groupBy(levels, (level) => level.variantId)
  return lines.flatMap(({ variantId, quantity }) => {
    const units = (byVariant.get(variantId) ?? []).reduce((sum, level) => sum + available(level), 0)
    return units >= quantity ? [] : [{ variantId, requestedQuantity: quantity, availableQuantity: units }]
  })
}

/** The allotments that one warehouse can contribute to the remaining quantities. */
function allotmentsFrom(levels: readonly StockLevel[], wanted: ReadonlyMap<string, number>): Allotment[] {
  return levels.flatMap((level) => {
    const quantity = Math.min(available(level), wanted.get(level.variantId) ?? 0)
    return quantity > 0 ? [{ level, quantity }] : []
  })
}

function unitsOf(allotments: readonly Allotment[]): number {
  return allotments.reduce((sum, allotment) => sum + allotment.quantity, 0)
}

/**
 * Allocates an order's lines to warehouses so that it ships in few parcels: first from the warehouse that can
 * supply most units, then from the one that can supply most of the rest. So a warehouse that can supply the
 * whole order supplies all of it; of two such, the one with the smaller id, which is the older.
 * @param lines at most one per variant.
 * @param levels all levels of these variants.
 * @returns all lines in full, or every shortage; never a part.
 */
export function allocateLines(
  lines: readonly WantedLine[],
  levels: readonly StockLevel[],
): Decision<Allotment[], Shortage> {
  const shortages = shortagesOf(lines, levels)
  if (shortages.length > 0) return refuse(...shortages)
  const wanted = new Map(lines.map((line) => [line.variantId, line.quantity]))
  const warehouses = [...Map.groupBy(levels, (level) => level.warehouseId)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, held]) => held)
  const allotments: Allotment[] = []
  while (warehouses.length > 0) {
    const offers = warehouses.map((held) => allotmentsFrom(held, wanted))
    const most = Math.max(...offers.map(unitsOf))
    if (most === 0) break
    const best = offers.findIndex((offer) => unitsOf(offer) === most)
    for (const allotment of offers[best] ?? []) {
      allotments.push(allotment)
      wanted.set(allotment.level.variantId, (wanted.get(allotment.level.variantId) ?? 0) - allotment.quantity)
    }
    warehouses.splice(best, 1)
  }
  return accept(allotments)
}
