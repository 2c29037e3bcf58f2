import type { FetchSubgraph } from '../../fetching/fetch-subgraph.ts'
import { dataKeys } from '../../planning/data-keys.ts'
import { normalForm } from '../../planning/normal-form.ts'
import type { Planner } from '../../planning/planner.ts'
import type { LoadedSupergraph } from '../../supergraph/supergraph.ts'
import type { Executor } from '../executor.ts'
import { compileProgram, type Machine } from './compiled-program.ts'
import { typeTest } from './type-names.ts'

/** The executor that compiles: what of an operation can be decided before it runs is decided once. */
export function compiledExecutor(
  { clientSchema, supergraphSchema }: Pick<LoadedSupergraph, 'clientSchema' | 'supergraphSchema'>,
  fetches: ReadonlyMap<string, FetchSubgraph>,
  planner: Pick<Planner, 'plan'>,
): Executor {
  const machine: Machine = { clientSchema, isOfType: typeTest(supergraphSchema), fetches }
  return {
    async compile(operation) {
      const keys = dataKeys(clientSchema)
      const normal = normalForm(operation, clientSchema, keys)
      const plan = normal ? await planner.plan(normal) : { root: null }
      // A planner that knows no way to something says so by an empty plan; an answer of nulls would hide it.
      if (normal && !plan.root) throw new Error('the planner found nothing to fetch for an operation')
      return compileProgram(operation, plan, keys, machine)
    },
  }
}
