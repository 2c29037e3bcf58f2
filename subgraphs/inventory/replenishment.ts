import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idSchema } from '@argyle/kit/ids'
import { type VersionConflictError, versionConflict, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { type LevelChange, MOST_UNITS, type StockLevel } from './stock-level.ts'

const units = z.int().min(0).max(MOST_UNITS)

/** The form of a `SetReorderPointInput`. */
export const reorderPointSchema = z.object({
  stockLevelId: idSchema('stk'),
  expectedVersion: versionSchema,
  reorderPoint: units,
})

/** The form of a `SetIncomingStockInput`. */
export const incomingSchema = z.object({
  stockLevelId: idSchema('stk'),
  expectedVersion: versionSchema,
  incoming: units,
})

/** A change of settings: it rests on the version that the caller has read, and moves no units. */
function change(
  before: StockLevel,
  expectedVersion: number,
  settings: Partial<StockLevel>,
): Decision<LevelChange, VersionConflictError> {
  if (before.version !== expectedVersion) return refuse(versionConflict(expectedVersion, before.version))
  return accept({ before, after: { ...before, ...settings }, cause: null })
}

/** Sets when more is to be ordered. Raising it to what is available, or above, makes the level low at once. */
export function setReorderPoint(
  level: StockLevel,
  { expectedVersion, reorderPoint }: z.output<typeof reorderPointSchema>,
): Decision<LevelChange, VersionConflictError> {
  return change(level, expectedVersion, { reorderPoint })
}

/** Sets what a supplier has announced. It moves no units, but a variant that is out is then on its way. */
export function setIncoming(
  level: StockLevel,
  { expectedVersion, incoming }: z.output<typeof incomingSchema>,
): Decision<LevelChange, VersionConflictError> {
  return change(level, expectedVersion, { incoming })
}
