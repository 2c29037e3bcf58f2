import {
  type DirectiveNode,
  type FieldNode,
  type GraphQLObjectType,
  getNamedType,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
} from 'graphql'
import { responseNameOf } from './data-keys.ts'

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
 * selected, and it would be done twice. The first that is selected takes the selections of those that follow; one that
 * follows is done in its own place where the conditions of those before do not hold.
 */
export function eachOnce(
  selections: readonly SelectionNode[],
  root: GraphQLObjectType,
): readonly SelectionNode[] {
  const result: SelectionNode[] = []
  for (const selection of selections) {
    const before = selection.kind === Kind.FIELD ? sameAs(selection, result) : []
    // What has two conditions cannot be turned round.
    if (selection.kind !== Kind.FIELD || before.some(({ directives = [] }) => directives.length > 1)) {
      result.push(selection)
      continue
    }
    for (const field of before) result[result.indexOf(field)] = withSelections(field, selection, root)
    if (before.every(({ directives = [] }) => directives.length === 1)) {
      const others = before.flatMap(({ directives = [] }) =>
        directives.map((one) => fragmentOn(root, opposite(one))),
      )
      result.push(others.reduce<SelectionNode>((inner, other) => under(other, inner), selection))
    }
  }
  return result
}

function sameAs(field: FieldNode, among: readonly SelectionNode[]): readonly FieldNode[] {
  return among.filter(
    (other): other is FieldNode =>
      other.kind === Kind.FIELD && responseNameOf(other) === responseNameOf(field),
  )
}

function withSelections(field: FieldNode, other: FieldNode, root: GraphQLObjectType): FieldNode {
  const { selectionSet } = field
  const type = root.getFields()[field.name.value]?.type
  if (!selectionSet || !other.selectionSet || !type) return field
  const { directives = [] } = other
  const named = { name: getNamedType(type).name }
  const added: readonly SelectionNode[] =
    directives.length === 0
      ? other.selectionSet.selections
      : [{ ...fragmentOn(named, ...directives), selectionSet: other.selectionSet }]
  return { ...field, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, ...added] } }
}

function fragmentOn({ name }: { readonly name: string }, ...directives: DirectiveNode[]): InlineFragmentNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
    directives,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [] },
  }
}

function opposite(directive: DirectiveNode): DirectiveNode {
  const value = directive.name.value === 'skip' ? 'include' : 'skip'
  return { ...directive, name: { kind: Kind.NAME, value } }
}
