import type { LevelChange, StockLevel } from './stock-level.ts'

/** Units that an order bought from one level, and how many of them came back already. */
export type SoldLine = {
  readonly stockLevelId: string
  readonly variantId: string
  readonly quantity: number
  readonly restocked: number
}

/** Units that come back; without a warehouse, to where they came from. */
export type ReturnedLine = {
  readonly variantId: string
  readonly quantity: number
  readonly warehouseId?: string | null | undefined
}

/** Units of one sold line that go to one level. */
export type Move = { readonly from: string; readonly to: StockLevel; readonly quantity: number }

/**
 * Says which units of an order go back to which level. Never more than the order bought and has not given back, whatever is
 * asked for; where the warehouse does not hold the variant, the units go to where they came from.
 * @param returned null: everything.
 * @param levels all levels of the variants concerned.
 */
export function takeBack(
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

/** What these moves do to the levels: one change for each level. */
export function shelved(orderId: string, moves: readonly Move[]): LevelChange[] {
  return [...Map.groupBy(moves, ({ to }) => to)].map(([level, same]) => ({
    before: level,
    after: { ...level, onHand: level.onHand + same.reduce((sum, { quantity }) => sum + quantity, 0) },
    cause: { kind: 'RESTOCKED', orderId, actorId: null },
  }))
}

/** Whether nothing of an order is sold any more after these moves. */
export function isAllBack(sold: readonly SoldLine[], moves: readonly Move[]): boolean {
  const units = (lines: readonly number[]) => lines.reduce((sum, quantity) => sum + quantity, 0)
  const out = units(sold.map(({ quantity, restocked }) => quantity - restocked))
  return out === units(moves.map(({ quantity }) => quantity))
}
