import type { Operation } from '../../operation/operation.ts'
import type { Conditions } from '../../planning/conditions.ts'
import type { DirectPlanner } from '../../planning/direct/direct-planner.ts'
import type { Plan, Step } from '../../planning/plan.ts'
import { withContextWaits } from './context-waits.ts'
import { withRealWaits } from './real-waits.ts'
import { stepsOf } from './steps.ts'
import { withoutUnasked } from './unasked.ts'

/** An operation that was planned, in whichever way. */
export type Planned = {
  /** Its requests, each with those that it waits for. */
  stepsFor(conditions: Conditions): readonly Step[]
  /** What a planner said; null: none was asked. */
  readonly plan: Plan | null
  /** Why one was asked; null: one always is, or none was. */
  readonly reason: string | null
  /** Plans an equal operation in the same way; null: then this is kept. */
  readonly anew: ((normal: Operation) => Planned) | null
}

export function planned(plan: Plan, reason: string | null): Planned {
  return {
    stepsFor: (conditions) =>
      withRealWaits(withContextWaits(withoutUnasked(stepsOf(plan, conditions), conditions))),
    plan,
    reason,
    anew: null,
  }
}

/** @param normal operation in normal form. @throws NotDirect */
export function plannedDirectly(direct: DirectPlanner, normal: Operation): Planned {
  const anew = (other: Operation) => plannedDirectly(direct, other)
  return { stepsFor: direct.plan(normal), plan: null, reason: null, anew }
}
