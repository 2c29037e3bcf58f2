import { type DirectiveNode, type FragmentDefinitionNode, Kind, type SelectionNode } from 'graphql'
import type { Operation } from '../operation.ts'
import { isCondition } from '../response-keys.ts'

/** Boolean variables in `@skip` and `@include`. */
export type Values = ReadonlyMap<string, boolean>

/**
 * The variables that decide which fields of a mutation run, each with the value for which its first field
 * runs; none for a query, whose fields may run in any order and more than once.
 */
export function rootConditions({ definition, fragments }: Operation): Values {
  const values = new Map<string, boolean>()
  if (definition.operation !== 'mutation') return values
  const spread = new Set<string>()
  const look = (selections: readonly SelectionNode[]) => {
    for (const selection of selections) {
      for (const { variable, wanted } of (selection.directives ?? []).flatMap(asked))
        if (!values.has(variable)) values.set(variable, wanted)
      if (selection.kind === Kind.INLINE_FRAGMENT) look(selection.selectionSet.selections)
      if (selection.kind !== Kind.FRAGMENT_SPREAD || spread.has(selection.name.value)) continue
      spread.add(selection.name.value)
      look(fragments[selection.name.value]?.selectionSet.selections ?? [])
    }
  }
  look(definition.selectionSet.selections)
  return values
}

/**
 * A mutation with its root conditions evaluated for these values. A field that is selected twice runs once,
 * at the first place that is reached (6.3.2, Field Collection), and all fields run in order. No plan for all
 * values at once expresses that: planners group selections with equal conditions, and create a request for
 * each place.
 */
export function decided<Any extends Operation>(operation: Any, values: Values): Any {
  const { definition, fragments } = operation
  const spread: Record<string, FragmentDefinitionNode> = Object.create(null)
  const decide = (selections: readonly SelectionNode[]): readonly SelectionNode[] =>
    selections.map((selection) => {
      const directives = selection.directives?.map((directive) => withValue(directive, values))
      if (selection.kind === Kind.FRAGMENT_SPREAD) reach(selection.name.value)
      if (selection.kind !== Kind.INLINE_FRAGMENT) return { ...selection, directives }
      return { ...selection, directives, selectionSet: below(selection.selectionSet) }
    })
  const below = (set: FragmentDefinitionNode['selectionSet']) => ({
    ...set,
    selections: decide(set.selections),
  })
  const reach = (name: string) => {
    const fragment = fragments[name]
    if (!fragment || spread[name]) return
    spread[name] = fragment
    spread[name] = { ...fragment, selectionSet: below(fragment.selectionSet) }
  }
  const selectionSet = below(definition.selectionSet)
  const { again } = operation
  return {
    ...{ ...operation, definition: { ...definition, selectionSet }, fragments: { ...fragments, ...spread } },
    ...(again && { again: readingAgain(again, values) }),
  }
}

/** A top-level function, since closures of one scope keep each other's variables alive. */
function readingAgain(again: NonNullable<Operation['again']>, values: Values): () => Operation {
  return () => decided(again(), values)
}

function asked({ name, arguments: args = [] }: DirectiveNode) {
  const value = isCondition(name.value) ? args[0]?.value : undefined
  if (value?.kind !== Kind.VARIABLE) return []
  return [{ variable: value.name.value, wanted: name.value === 'include' }]
}

function withValue(directive: DirectiveNode, values: Values): DirectiveNode {
  const { arguments: args = [] } = directive
  const [variable] = asked(directive)
  const value = variable && values.get(variable.variable)
  if (value === undefined) return directive
  return { ...directive, arguments: args.map((one) => ({ ...one, value: { kind: Kind.BOOLEAN, value } })) }
}
