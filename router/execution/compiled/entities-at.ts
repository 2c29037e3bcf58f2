import type { PlanPath } from '../../planning/plan.ts'
import { isObject, type Json, own } from './own-property.ts'
import type { IsOfType } from './type-names.ts'

/** Gathers the objects at a path of the merged data, in order; what is null or not there is passed over. */
export type Gather = (data: Json, into: Json[]) => void

export function gatherer(path: PlanPath, isOfType: IsOfType): Gather {
  const walk = (from: unknown, start: number, into: Json[]): void => {
    let value = from
    for (let at = start; at < path.length; at++) {
      const step = path[at]
      if (Array.isArray(value)) {
        // A step over each element is taken here; a planner may also leave it out.
        for (const item of value) walk(item, step?.kind === 'each' ? at + 1 : at, into)
        return
      }
      if (!isObject(value)) return
      if (step?.kind === 'field') value = own(value, step.name)
      else if (step?.kind === 'types' && !matches(value, step.names, isOfType)) return
    }
    if (Array.isArray(value)) for (const item of value) walk(item, path.length, into)
    else if (isObject(value)) into.push(value)
  }
  return (data, into) => walk(data, 0, into)
}

function matches({ __typename }: Json, types: readonly string[], isOfType: IsOfType): boolean {
  return typeof __typename !== 'string' || types.some((type) => isOfType(__typename, type))
}
