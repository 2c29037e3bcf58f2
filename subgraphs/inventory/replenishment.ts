import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type VersionConflictError, versionConflict } from '@argyle/kit/user-errors'
import type { LevelChange, StockLevel } from './stock-level.ts'

type SettingChange = { readonly stockLevelId: string; readonly expectedVersion: number }
export type ReorderPointChange = SettingChange & { readonly reorderPoint: number }
export type IncomingChange = SettingChange & { readonly incoming: number }

/** A change of settings at an expected version. It moves no units. */
function change(
  before: StockLevel,
  expectedVersion: number,
  settings: Partial<StockLevel>,
): Decision<LevelChange, VersionConflictError> {
  if (before.version !== expectedVersion) return refuse(versionConflict(expectedVersion, before.version))
  return accept({ before, after: { ...before, ...settings }, cause: null })
}

/** Sets the reorder point. If it reaches the available units, the level becomes low. */
export function setReorderPoint(
  level: StockLevel,
  { expectedVersion, reorderPoint }: ReorderPointChange,
): Decision<LevelChange, VersionConflictError> {
  return change(level, expectedVersion, { reorderPoint })
}

/** Sets the announced units. No units move, but a variant that is out of stock becomes BACKORDER. */
export function setIncoming(
  level: StockLevel,
  { expectedVersion, incoming }: IncomingChange,
): Decision<LevelChange, VersionConflictError> {
  return change(level, expectedVersion, { incoming })
}
