import type { PlanPath } from '../planning/plan.ts'
import type { RequestContext } from '../request-context.ts'
import type { Readers } from '../security/readers.ts'
import type { CompiledStep } from './compiled-step.ts'

/**
 * The context of a fetch once a mutation has named readers: below its root field, the reader is the caller. A
 * fetch for several root fields with different readers has the context of the request.
 */
export function readerContext(
  { part }: CompiledStep,
  readers: Readers,
  context: RequestContext,
): RequestContext {
  const paths =
    part.kind === 'root'
      ? [part.dataPath?.path ?? []]
      : part.lanes.flatMap(({ dataPaths }) => dataPaths.map(({ path }) => path))
  const [first = [], ...others] = paths
  const name = rootFieldOf(first)
  const reader = name === null ? undefined : readers.get(name)
  if (!reader || others.some((path) => rootFieldOf(path) !== name)) return context
  return { ...context, identity: reader }
}

function rootFieldOf([step]: PlanPath): string | null {
  return step?.kind === 'field' ? step.name : null
}
