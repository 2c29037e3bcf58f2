import type { FetchSubgraph } from '../../fetching/fetch-subgraph.ts'
import type { Operation } from '../../operation/operation.ts'
import type { RestrictedOperation } from '../../operation/refusal.ts'
import { dataKeys } from '../../planning/data-keys.ts'
import { directPlanner } from '../../planning/direct/direct-planner.ts'
import { NotDirect } from '../../planning/direct/not-direct.ts'
import { hiddenNumbers, revealedPlan } from '../../planning/exact-literals.ts'
import { withGapsFilled } from '../../planning/interface-object-gaps.ts'
import { interfaceObjects, withInterfaceNames } from '../../planning/interface-objects.ts'
import { withNarrowFragments } from '../../planning/narrow-fragments.ts'
import { normalForm } from '../../planning/normal-form.ts'
import { OutsideFailure } from '../../planning/outside.ts'
import { drawOverriding, overrideLabels, overridings } from '../../planning/override-labels.ts'
import type { Plan } from '../../planning/plan.ts'
import type { Overriding, Planner } from '../../planning/planner.ts'
import type { LoadedSupergraph } from '../../supergraph/supergraph.ts'
import type { Executor, Program } from '../executor.ts'
import { compileProgram, type Machine, RUNS_BEFORE_CODE } from './compiled-program.ts'
import { decidingMutations } from './decide-mutations.ts'
import { type Planned, planned, plannedDirectly } from './planned.ts'
import { newRecordings } from './recordings/recordings.ts'
import { newCodeBudget } from './text/code-budget.ts'
import { typeTest } from './type-names.ts'

export type Tuning = {
  /** How many operations have code of their own. */
  readonly codes: number
  /** Bytes of runs that are recorded; 0: none is. */
  readonly recordings: number
  /** Whether what needs no weighing is planned here, without the planner. */
  readonly plansDirectly: boolean
  readonly runsBeforeCode?: number | undefined
}

/**
 * The executor that compiles: what of an operation can be decided before it runs is decided once.
 */
export function compiledExecutor(
  { clientSchema, supergraphSchema }: Pick<LoadedSupergraph, 'clientSchema' | 'supergraphSchema'>,
  fetches: ReadonlyMap<string, FetchSubgraph>,
  planner: Pick<Planner, 'plan'>,
  { codes, recordings, plansDirectly, runsBeforeCode = RUNS_BEFORE_CODE }: Tuning,
): Executor {
  const machine: Machine = {
    clientSchema,
    supergraphSchema,
    isOfType: typeTest(supergraphSchema),
    fetches,
    codeBudget: newCodeBudget(codes),
    recordings: recordings > 0 ? newRecordings(recordings) : null,
    runsBeforeCode,
  }
  const objects = interfaceObjects(supergraphSchema)
  const combinations = overridings(overrideLabels(supergraphSchema))
  const planOf = async (normal: Operation, overriding: Overriding): Promise<Plan> => {
    const hidden = hiddenNumbers(normal, clientSchema)
    if (!hidden) return planFor(normal, overriding)
    return revealedPlan(await planFor(hidden.operation, overriding), hidden)
  }
  const planFor = async (normal: Operation, overriding: Overriding): Promise<Plan> => {
    try {
      return await planner.plan(normal, overriding)
    } catch (error) {
      if (error instanceof OutsideFailure) throw error
      try {
        return await planner.plan(withNarrowFragments(normal, clientSchema), overriding)
      } catch (failure) {
        throw failure instanceof OutsideFailure ? failure : error
      }
    }
  }
  const mended = (plan: Plan, normal: Operation) =>
    withInterfaceNames(withGapsFilled(plan, normal, clientSchema, objects), objects)
  const direct = plansDirectly ? directPlanner(supergraphSchema) : null
  const plannedOf = async (normal: Operation | null, overriding: Overriding): Promise<Planned> => {
    if (!normal) return planned({ root: null }, null)
    let reason: string | null = null
    try {
      if (direct) return plannedDirectly(direct, normal)
    } catch (error) {
      if (!(error instanceof NotDirect)) throw error
      reason = error.message
    }
    const plan = await planOf(normal, overriding)
    // A planner that knows no way to something says so by an empty plan; an answer of nulls would hide it.
    if (!plan.root) throw new Error('the planner found nothing to fetch for an operation')
    return planned(objects.size > 0 ? mended(plan, normal) : plan, reason)
  }
  const compile = async (
    operation: Operation | RestrictedOperation,
    overriding: Overriding,
  ): Promise<Program> => {
    const keys = dataKeys(clientSchema)
    const normal = normalForm(operation, clientSchema, keys)
    return compileProgram(operation, await plannedOf(normal, overriding), keys, machine)
  }
  return decidingMutations({
    async compile(operation) {
      const first = drawOverriding(combinations)
      const program = await compile(operation, first)
      if (combinations.length === 1) return program
      const programs = new Map([[first, Promise.resolve(program)]])
      const programFor = (overriding: Overriding): Promise<Program> => {
        const known = programs.get(overriding)
        if (known) return known
        const made = compile(operation, overriding)
        programs.set(overriding, made)
        made.catch(() => programs.delete(overriding))
        return made
      }
      return {
        run: async (variables, context) =>
          (await programFor(drawOverriding(combinations))).run(variables, context),
        explain: (hasCode) => program.explain(hasCode),
        plan: (variables) => program.plan(variables),
      }
    },
  })
}
