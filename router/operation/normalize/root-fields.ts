import { type FieldNode, type InlineFragmentNode, Kind, type SelectionNode } from 'graphql'
import { responseNameOf } from '../response-keys.ts'

/**
 * A selection with the conditions of its fragment. It is the only one of the fragment if it has conditions of
 * its own.
 */
export function under(fragment: InlineFragmentNode, selection: SelectionNode): SelectionNode {
  const { directives: outer = [] } = fragment
  const { directives: own = [] } = selection
  if (outer.some(({ name }) => own.some((one) => one.name.value === name.value)))
    return { ...fragment, selectionSet: { kind: Kind.SELECTION_SET, selections: [selection] } }
  return { ...selection, directives: [...outer, ...own] }
}

/**
 * A mutation's fields, each key once (6.3.2, Field Collection): planners would create a request for each
 * place where it is selected, so it would run twice. The first one takes over the selections of the others.
 * There are no conditions here, since a mutation is planned for each combination of its conditions.
 */
export function eachOnce(selections: readonly SelectionNode[]): readonly SelectionNode[] {
  const result: SelectionNode[] = []
  for (const selection of selections) {
    const at = result.findIndex((other) => isSame(other, selection))
    const first = result[at]
    if (first?.kind === Kind.FIELD && selection.kind === Kind.FIELD)
      result[at] = withSelections(first, selection)
    else result.push(selection)
  }
  return result
}

function isSame(one: SelectionNode, other: SelectionNode): boolean {
  return one.kind === Kind.FIELD && other.kind === Kind.FIELD && responseNameOf(one) === responseNameOf(other)
}

function withSelections(field: FieldNode, { selectionSet: other }: FieldNode): FieldNode {
  const { selectionSet } = field
  if (!selectionSet || !other) return field
  return {
    ...field,
    selectionSet: { ...selectionSet, selections: [...selectionSet.selections, ...other.selections] },
  }
}
