import type { Rewrite, RewritePath } from '../../planning/plan.ts'
import { isObject, type Json, own } from '../own-property.ts'
import type { IsOfType } from '../type-names.ts'

/** Applies the planner's rewrites in place, to data that a subgraph sent or is about to be sent. */
export function applyRewrites(rewrites: readonly Rewrite[], value: unknown, isOfType: IsOfType): void {
  for (const rewrite of rewrites) visitAt(value, rewrite.path, isOfType, (object) => change(object, rewrite))
}

function change(object: Json, rewrite: Rewrite): void {
  if (rewrite.kind === 'set') {
    object[rewrite.name] = rewrite.value
    return
  }
  const value = own(object, rewrite.name)
  if (value === undefined) return
  object[rewrite.to] = value
  delete object[rewrite.name]
}

/** The keys of fields after rewrites, by the names under which they are sent; null if none changes. */
export function renamedBy(rewrites: readonly Rewrite[]): ReadonlyMap<string, string> | null {
  const renames = rewrites.flatMap((rewrite) => (rewrite.kind === 'rename' ? [rewrite] : []))
  return renames.length > 0 ? new Map(renames.map(({ name, to }) => [name, to])) : null
}

/** Calls `visit` with every object at a path, through lists; an object of unknown type may be of any. */
export function visitAt(
  value: unknown,
  [step, ...rest]: RewritePath,
  isOfType: IsOfType,
  visit: (object: Json) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) visitAt(item, step ? [step, ...rest] : [], isOfType, visit)
  } else if (isObject(value)) {
    if (!step) visit(value)
    else if (step.kind === 'field') visitAt(own(value, step.name), rest, isOfType, visit)
    else if (isPossibly(value, step.names, isOfType)) visitAt(value, rest, isOfType, visit)
  }
}

function isPossibly({ __typename }: Json, types: readonly string[], isOfType: IsOfType): boolean {
  return typeof __typename !== 'string' || types.some((type) => isOfType(__typename, type))
}
