import type { StockMovementKind } from './generated/prisma/enums.ts'

/** What one warehouse holds of one variant, in units. `reserved` of those `onHand` are promised to orders. */
export type StockLevel = {
  readonly id: string
  readonly variantId: string
  readonly warehouseId: string
  readonly onHand: number
  readonly reserved: number
  /** Announced by a supplier, not in yet. */
  readonly incoming: number
  readonly reorderPoint: number
  readonly version: number
}

/** The entry in the ledger that goes with a change; `null` for a change that moves no units. */
export type Cause = {
  readonly kind: StockMovementKind
  readonly orderId: string | null
  readonly actorId: string | null
}

/** A level that was locked, and what becomes of it. */
export type LevelChange = {
  readonly before: StockLevel
  readonly after: StockLevel
  readonly cause: Cause | null
}

/** More than a warehouse can hold, and so far from the end of 32 bits that units which come back still fit. */
export const MOST_UNITS = 1_000_000_000

/** The units that are promised to nobody. */
export function available(level: StockLevel): number {
  return level.onHand - level.reserved
}

/** Whether it is time to order more. */
export function isLow(level: StockLevel): boolean {
  return available(level) <= level.reorderPoint
}

/** How many units above its reorder point a level must have before it counts as filled up again. */
const LEAST_RISE = 5

/**
 * Above this a low level is filled up again: a fifth above the reorder point, and 5 units at least. Between the two a level
 * stays what it was, so that orders which come and are cancelled about the reorder point raise one alert, not many.
 */
export function recoveryPoint({ reorderPoint }: Pick<StockLevel, 'reorderPoint'>): number {
  return reorderPoint + Math.max(LEAST_RISE, Math.ceil(reorderPoint / 5))
}

function isFilled(level: StockLevel): boolean {
  return available(level) > recoveryPoint(level)
}

/**
 * Whether this change makes a level low, or fills it up again. The level is locked, so of all the orders that shrink it at
 * the same time exactly one sees itself crossing.
 */
export function crossing({ before, after }: LevelChange): 'FELL' | 'ROSE' | null {
  if (isLow(after)) return isLow(before) ? null : 'FELL'
  return isFilled(after) && !isFilled(before) ? 'ROSE' : null
}
