import type { ContextValue, PlanPath } from '../../planning/plan.ts'
import type { CompiledLane } from '../compiled-step.ts'
import { isObject, type Json, own } from '../own-property.ts'
import type { IsOfType } from '../type-names.ts'

/** Entities with equal context values, and these values as members of the request's variables. */
export type ContextGroup = { readonly objects: Json[]; readonly variables: string }

/**
 * Groups the entities of a lane by the values that `@fromContext` takes from the objects around them. A
 * variable belongs to the whole request, so entities with different values need separate requests.
 */
export function groupByContext(
  { dataPaths, contexts }: CompiledLane,
  data: Json,
  isOfType: IsOfType,
): readonly ContextGroup[] {
  const groups = new Map<string, Json[]>()
  const add = (object: Json, above: readonly Json[]) => {
    const variables = variablesFor(contexts, above, isOfType)
    const group = groups.get(variables)
    if (group) group.push(object)
    else groups.set(variables, [object])
  }
  for (const { path } of dataPaths) walk(data, path, [])
  return [...groups].map(([variables, objects]) => ({ variables, objects }))

  function walk(value: unknown, [step, ...rest]: PlanPath, above: readonly Json[]): void {
    if (Array.isArray(value)) {
      const below = step?.kind === 'each' ? rest : step ? [step, ...rest] : []
      for (const item of value) walk(item, below, above)
    } else if (isObject(value)) {
      if (!step) add(value, above)
      else if (step.kind === 'each') walk(value, rest, above)
      else if (step.kind === 'field') walk(own(value, step.name), rest, [...above, value])
      else if (isOfAny(value, step.names, isOfType)) walk(value, rest, above)
    }
  }
}

function variablesFor(contexts: readonly ContextValue[], above: readonly Json[], isOfType: IsOfType): string {
  const values = new Map<string, unknown>()
  // A context may be set by several types; each has its own way to the value.
  for (const { up, path, variable } of contexts) {
    const value = valueAt(above.at(-up), path, isOfType)
    if (value !== undefined && !values.has(variable)) values.set(variable, value)
  }
  return [...values].map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`).join('')
}

function valueAt(start: unknown, path: ContextValue['path'], isOfType: IsOfType): unknown {
  let value = start
  for (const step of path) {
    if (!isObject(value)) return value === null ? null : undefined
    if (step.kind === 'field') value = own(value, step.name)
    else if (!isOfAny(value, step.names, isOfType)) return undefined
  }
  return value
}

function isOfAny({ __typename }: Json, types: readonly string[], isOfType: IsOfType): boolean {
  return typeof __typename !== 'string' || types.some((type) => isOfType(__typename, type))
}
