import type { LevelChange, StockLevel } from './stock-level.ts'

/** Units that an order took from one level, with the number that has returned. */
export type SoldLine = {
  readonly stockLevelId: string
  readonly variantId: string
  readonly quantity: number
  readonly restocked: number
}

/** Units that return. Without a warehouse they return to where they came from. */
export type ReturnedLine = {
  readonly variantId: string
  readonly quantity: number
  readonly warehouseId?: string | null | undefined
}

/** Units of one sold line that go to one level. */
export type Move = { readonly from: string; readonly to: StockLevel; readonly quantity: number }

/**
 * Assigns returned units to levels. Never returns more than the order took and has not returned yet. If the
 * warehouse has no level of the variant, the units return to where they came from.
 * @param returned null: all units
 * @param levels all levels of these variants
 */
export function returnUnits(
  sold: readonly SoldLine[],
  returned: readonly ReturnedLine[] | null,
  levels: readonly StockLevel[],
): Move[] {
  const left = new Map(sold.map((line) => [line.stockLevelId, line.quantity - line.restocked]))
  const wanted: readonly ReturnedLine[] =
    returned ?? [...left].map(([id, quantity]) => ({ variantId: variantAt(sold, id), quantity }))
  return wanted.flatMap(({ variantId, quantity, warehouseId }) => {
    let missing = quantity
    return sold
      .filter((line) => line.variantId === variantId)
      .flatMap(({ stockLevelId: from }): Move[] => {
        const units = Math.min(missing, left.get(from) ?? 0)
        const to =
          levels.find((level) => level.variantId === variantId && level.warehouseId === warehouseId) ??
          levels.find(({ id }) => id === from)
        if (units === 0 || !to) return []
        missing -= units
        left.set(from, (left.get(from) ?? 0) - units)
        return [{ from, to, quantity: units }]
      })
  })
}

function variantAt(sold: readonly SoldLine[], stockLevelId: string): string {
  return sold.find((line) => line.stockLevelId === stockLevelId)?.variantId ?? ''
}

/** The changes of the levels by these moves, one per level. */
export function shelved(orderId: string, moves: readonly Move[]): LevelChange[] {
  return [...Map.groupBy(moves, ({ to }) => to)].map(([level, same]) => ({
    before: level,
    after: { ...level, onHand: level.onHand + same.reduce((sum, { quantity }) => sum + quantity, 0) },
    cause: { kind: 'RESTOCKED', orderId, actorId: null },
  }))
}

/** Tests whether all units of an order have returned after these moves. */
export function isAllReturned(sold: readonly SoldLine[], moves: readonly Move[]): boolean {
  const units = (lines: readonly number[]) => lines.reduce((sum, quantity) => sum + quantity, 0)
  const out = units(sold.map(({ quantity, restocked }) => quantity - restocked))
  return out === units(moves.map(({ quantity }) => quantity))
}
