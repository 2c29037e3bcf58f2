import type { Conditions } from '../operation/conditions.ts'
import type { Operation } from '../operation/operation.ts'
import type { Overriding } from './override-labels.ts'
import type { Step } from './plan.ts'
import type { Planner } from './planner.ts'

/** An operation that was planned. */
export type Planned = {
  /** Its requests, each with the requests that it waits for. */
  stepsFor(conditions: Conditions): readonly Step[]
  /** Plans an equal operation in the same way; null: this plan is kept. */
  readonly anew: ((normal: Operation) => Planned) | null
}

/** Nothing has to be fetched. */
export const NOTHING_PLANNED: Planned = { stepsFor: () => [], anew: null }

/** @param normal operation in normal form. @throws Unplannable */
export function planned(planner: Planner, normal: Operation, overriding: Overriding): Planned {
  const anew = (other: Operation) => planned(planner, other, overriding)
  return { stepsFor: planner.plan(normal, overriding), anew }
}
