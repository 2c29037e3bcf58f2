import type { FetchSubgraph } from '../fetching/fetch-subgraph.ts'
import type { RestrictedOperation } from '../operation/authorization/denied-fields.ts'
import type { Executor, Program } from '../operation/executor.ts'
import { normalForm } from '../operation/normalize/normalize.ts'
import type { Operation } from '../operation/operation.ts'
import { dataKeys } from '../operation/response-keys.ts'
import { drawOverriding, type Overriding, overrideLabels, overridings } from '../planning/override-labels.ts'
import { NOTHING_PLANNED, planned } from '../planning/planned-operation.ts'
import { newPlanner } from '../planning/planner.ts'
import type { LoadedSupergraph } from '../supergraph/supergraph.ts'
import { newCodeBudget } from './code/code-budget.ts'
import { compileProgram, type ProgramContext, RUNS_BEFORE_CODE } from './compiled-program.ts'
import { decidingMutations } from './mutation-conditions.ts'
import { newRecordings } from './replay/recording-cache.ts'
import { typeTest } from './type-names.ts'

export type Tuning = {
  /** Maximum number of operations with generated code. */
  readonly codes: number
  /** Maximum size of recorded runs in bytes; 0 turns recording off. */
  readonly recordings: number
  readonly runsBeforeCode?: number | undefined
  /** Draws the labels of overrides for each run, as `drawOverriding` states. */
  readonly random?: (below: number) => number
}

/** The compiling executor: everything about an operation that does not depend on a run is decided once. */
export function compiledExecutor(
  { clientSchema, supergraphSchema }: Pick<LoadedSupergraph, 'clientSchema' | 'supergraphSchema'>,
  fetches: ReadonlyMap<string, FetchSubgraph>,
  { codes, recordings, runsBeforeCode = RUNS_BEFORE_CODE, random }: Tuning,
): Executor {
  const machine: ProgramContext = {
    clientSchema,
    supergraphSchema,
    isOfType: typeTest(supergraphSchema),
    fetches,
    codeBudget: newCodeBudget(codes),
    recordings: recordings > 0 ? newRecordings(recordings) : null,
    runsBeforeCode,
  }
  const planner = newPlanner(supergraphSchema)
  const combinations = overridings(overrideLabels(supergraphSchema))
  const compile = async (
    operation: Operation | RestrictedOperation,
    overriding: Overriding,
  ): Promise<Program> => {
    const keys = dataKeys(clientSchema)
    const normal = normalForm(operation, clientSchema, keys)
    const made = normal ? planned(planner, normal, overriding) : NOTHING_PLANNED
    return compileProgram(operation, made, keys, machine)
  }
  return decidingMutations({
    async compile(operation) {
      const first = drawOverriding(combinations, random)
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
          (await programFor(drawOverriding(combinations, random))).run(variables, context),
        explain: (hasCode) => program.explain(hasCode),
        plan: (variables) => program.plan(variables),
      }
    },
  })
}
