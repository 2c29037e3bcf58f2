import type { StockMovementKind } from './generated/prisma/enums.ts'

/** The stock of one variant in one warehouse, in units. `reserved` of the units `onHand` belong to orders. */
export type StockLevel = {
  readonly id: string
  readonly variantId: string
  readonly warehouseId: string
  readonly onHand: number
  readonly reserved: number
  /** Announced by a supplier, not received yet. */
  readonly incoming: number
  readonly reorderPoint: number
  readonly version: number
}

/** The ledger entry of a change; `null` for a change that moves no units. */
export type Cause = {
  readonly kind: StockMovementKind
  readonly orderId: string | null
  readonly actorId: string | null
}

/** A locked level and its state after the change. */
export type LevelChange = {
  readonly before: StockLevel
  readonly after: StockLevel
  readonly cause: Cause | null
}

/** Maximum number of units of a level. It leaves room below 2^31 for units that return. */
export const MAX_UNITS = 1_000_000_000

/** The units on hand that are not reserved. */
export function available(level: StockLevel): number {
  return level.onHand - level.reserved
}

/** Tests whether the available units have reached the reorder point. */
export function isLow(level: StockLevel): boolean {
  return available(level) <= level.reorderPoint
}

/** Minimum number of units above the reorder point at which a low level counts as filled up. */
const MIN_RISE = 5

/**
 * Available units above which a low level counts as filled up: a fifth above the reorder point, and at least
 * 5 units above it. In between, a level keeps its state, so that orders around the reorder point raise one
 * alert only.
 */
export function recoveryPoint({ reorderPoint }: Pick<StockLevel, 'reorderPoint'>): number {
  return reorderPoint + Math.max(MIN_RISE, Math.ceil(reorderPoint / 5))
}

function isFilled(level: StockLevel): boolean {
  return available(level) > recoveryPoint(level)
}

/**
 * Tests whether a change makes a level low, or fills it up. The level is locked, so exactly one of several
 * concurrent orders crosses the limit.
 */
export function crossing({ before, after }: LevelChange): 'FELL' | 'ROSE' | null {
  if (isLow(after)) return isLow(before) ? null : 'FELL'
  return isFilled(after) && !isFilled(before) ? 'ROSE' : null
}
