// Tested in ../conformance/features/null-conditions.ts: the test sends null conditions.

import {
  type DirectiveNode,
  type FieldNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import type { Operation } from './operation.ts'

/** The error of an object whose fields a null condition decides, in graphql-js's words. */
export const NULL_CONDITION = 'Argument "if" of non-null type "Boolean!" must not be null.'

/**
 * Replaces each selection whose `@skip` or `@include` is null by a marker. The object around it has no value,
 * since its fields cannot be collected (6.3.2).
 * @param nulls names of the variables that are null.
 * @param marker response name of the marker, a `__typename`.
 * @returns null if there is no such selection.
 */
export function withNullConditionsMarked(
  operation: Operation,
  nulls: ReadonlySet<string>,
  marker: string,
): Operation | null {
  let isFound = false
  const SelectionSet = (set: SelectionSetNode): SelectionSetNode | undefined => {
    const wrong = new Set(set.selections.filter((selection) => hasNullCondition(selection, nulls)))
    if (wrong.size === 0) return undefined
    isFound = true
    const markers = [...wrong].map((selection) => markerFor(selection, nulls, marker))
    const always = markers.find(({ directives = [] }) => directives.length === 0)
    // Markers come first, so that no other field of the object reports an error of its own.
    const others = set.selections.filter((selection) => !wrong.has(selection))
    return { ...set, selections: always ? [always] : [...markers, ...others] }
  }
  const definition = visit(operation.definition, { SelectionSet })
  const fragments = Object.entries(operation.fragments).map(
    ([name, fragment]) => [name, visit(fragment, { SelectionSet })] as const,
  )
  return isFound ? { definition, fragments: Object.fromEntries(fragments) } : null
}

function conditionOf({ directives }: SelectionNode, name: 'skip' | 'include'): DirectiveNode | undefined {
  return directives?.find((directive) => directive.name.value === name)
}

/** Whether evaluating a selection's conditions meets a null: `@include` is not evaluated if `@skip` applies. */
function hasNullCondition(selection: SelectionNode, nulls: ReadonlySet<string>): boolean {
  const [skip, include] = [conditionOf(selection, 'skip'), conditionOf(selection, 'include')]
  if (isNull(skip, nulls)) return true
  const value = skip?.arguments?.[0]?.value
  const isSkipped = value?.kind === Kind.BOOLEAN && value.value
  return !isSkipped && isNull(include, nulls)
}

function isNull(condition: DirectiveNode | undefined, nulls: ReadonlySet<string>): boolean {
  const value = condition?.arguments?.[0]?.value
  return value?.kind === Kind.VARIABLE && nulls.has(value.name.value)
}

function markerFor(selection: SelectionNode, nulls: ReadonlySet<string>, marker: string): FieldNode {
  const skip = conditionOf(selection, 'skip')
  const value = skip?.arguments?.[0]?.value
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: marker },
    name: { kind: Kind.NAME, value: '__typename' },
    directives: skip && value?.kind === Kind.VARIABLE && !isNull(skip, nulls) ? [skip] : [],
  }
}
