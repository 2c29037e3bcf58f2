import { type DirectiveNode, Kind } from 'graphql'
import { isCondition } from '../response-keys.ts'

/** The values that Boolean variables must have for a place in an operation to be reached. */
export type Assumed = ReadonlyMap<string, boolean>

/** A selection that may be included: its remaining directives, and the values assumed below it. */
type Reachable = { readonly directives: readonly DirectiveNode[]; readonly assumed: Assumed }

const NONE: readonly DirectiveNode[] = []

/**
 * Evaluates `@skip` and `@include` as far as constants and the surrounding conditions determine them:
 * planners handle selections that are never included in different ways.
 * @returns null if the selection is never included.
 */
export function reach(directives: readonly DirectiveNode[] | undefined, assumed: Assumed): Reachable | null {
  if (!directives || directives.length === 0) return { directives: NONE, assumed }
  const kept: DirectiveNode[] = []
  let below = assumed
  for (const directive of directives) {
    const condition = isCondition(directive.name.value) ? directive.arguments?.[0]?.value : undefined
    const wanted = directive.name.value === 'include'
    if (condition?.kind === Kind.BOOLEAN) {
      if (condition.value !== wanted) return null
    } else if (condition?.kind === Kind.VARIABLE) {
      const name = condition.name.value
      const value = below.get(name)
      if (value === !wanted) return null
      if (value === undefined) {
        kept.push(directive)
        below = new Map([...below, [name, wanted]])
      }
    } else kept.push(directive)
  }
  return { directives: kept, assumed: below }
}
