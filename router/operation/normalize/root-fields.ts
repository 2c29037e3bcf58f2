import { type FieldNode, type InlineFragmentNode, Kind, type SelectionNode } from 'graphql'
import { responseNameOf } from '../response-keys.ts'

/** A selection with the conditions of the fragment that it stands in; alone in it where it has such ones itself. */
export function under(fragment: InlineFragmentNode, selection: SelectionNode): SelectionNode {
  const { directives: outer = [] } = fragment
  const { directives: own = [] } = selection
  if (outer.some(({ name }) => own.some((one) => one.name.value === name.value)))
    return { ...fragment, selectionSet: { kind: Kind.SELECTION_SET, selections: [selection] } }
  return { ...selection, directives: [...outer, ...own] }
}

/**
 * A mutation's fields, each key of them once (6.3.2, Field Collection): planners make a request of each place where one is
 * selected, and it would be done twice. The first takes the selections of those that follow. No condition is open here:
 * a mutation is planned for each combination of its conditions.
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
