import { accept, type Decision, refuse } from '@argyle/kit/decision'
import {
  type UserError,
  type ValidationError,
  type VersionConflictError,
  validationError,
} from '@argyle/kit/user-errors'
import { available, type LevelChange, MAX_UNITS, type StockLevel } from './stock-level.ts'

export type InsufficientStockError = UserError & {
  readonly __typename: 'InsufficientStockError'
  readonly availableQuantity: number
}

export const STOCK_REASONS = ['RECEIVED', 'DAMAGED', 'COUNT_CORRECTION', 'RETURNED'] as const
type StockReason = (typeof STOCK_REASONS)[number]

/** A change of the units on hand by staff. */
export type Adjustment = {
  readonly stockLevelId: string
  readonly delta: number
  readonly reason: StockReason
  /** The number of units on hand that the caller based the change on; null or undefined skips the check. */
  readonly changeFromOnHand?: number | null | undefined
}

/** The sign that a reason requires of the difference. */
const signs: Record<StockReason, { fits(delta: number): boolean; allowed: string }> = {
  RECEIVED: { fits: (delta) => delta > 0, allowed: 'more than 0 for RECEIVED' },
  RETURNED: { fits: (delta) => delta > 0, allowed: 'more than 0 for RETURNED' },
  DAMAGED: { fits: (delta) => delta < 0, allowed: 'less than 0 for DAMAGED' },
  COUNT_CORRECTION: { fits: (delta) => delta !== 0, allowed: 'anything but 0' },
}

function changedSince(level: StockLevel, expected: number): VersionConflictError {
  return {
    __typename: 'VersionConflictError',
    message: `changeFromOnHand is ${expected}, but ${level.onHand} are on hand now: count again and repeat the change`,
    path: ['changeFromOnHand'],
    currentVersion: level.version,
  }
}

function insufficient(level: StockLevel, delta: number): InsufficientStockError {
  const free = available(level)
  const message = `delta is ${delta}, but of ${level.onHand} on hand ${level.reserved} are reserved for orders: allowed is ${-free} or more`
  return { __typename: 'InsufficientStockError', message, path: ['delta'], availableQuantity: free }
}

/**
 * Changes the units on hand, or returns the errors. RECEIVED units are subtracted from the announced ones.
 */
export function adjust(
  level: StockLevel,
  { delta, reason, changeFromOnHand }: Adjustment,
  actorId: string,
): Decision<LevelChange, InsufficientStockError | VersionConflictError | ValidationError> {
  const { fits, allowed } = signs[reason]
  if (!fits(delta)) return refuse(validationError(`delta is ${delta}: allowed is ${allowed}`, ['delta']))
  if (changeFromOnHand != null && changeFromOnHand !== level.onHand) {
    return refuse(changedSince(level, changeFromOnHand))
  }
  const onHand = level.onHand + delta
  if (onHand < level.reserved) return refuse(insufficient(level, delta))
  if (onHand > MAX_UNITS) {
    const most = `delta is ${delta}, but ${level.onHand} are on hand: allowed is a sum of up to ${MAX_UNITS}`
    return refuse(validationError(most, ['delta']))
  }
  const incoming = reason === 'RECEIVED' ? Math.max(0, level.incoming - delta) : level.incoming
  return accept({
    before: level,
    after: { ...level, onHand, incoming },
    cause: { kind: reason, orderId: null, actorId },
  })
}
