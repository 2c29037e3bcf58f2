import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type VersionConflictError, versionConflict } from '@argyle/kit/user-errors'
import type { LevelChange, StockLevel } from './stock-level.ts'

type SettingChange = { readonly stockLevelId: string; readonly expectedVersion: number }
export type ReorderPointChange = SettingChange & { readonly reorderPoint: number }
export type IncomingChange = SettingChange & { readonly incoming: number }

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
  { expectedVersion, reorderPoint }: ReorderPointChange,
): Decision<LevelChange, VersionConflictError> {
  return change(level, expectedVersion, { reorderPoint })
}

/** Sets what a supplier has announced. It moves no units, but a variant that is out is then on its way. */
export function setIncoming(
  level: StockLevel,
  { expectedVersion, incoming }: IncomingChange,
): Decision<LevelChange, VersionConflictError> {
  return change(level, expectedVersion, { incoming })
}
