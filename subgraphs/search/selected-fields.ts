import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/**
 * Tests whether any of these fields is selected below a field, also in fragments. `@skip` and `@include` are
 * ignored.
 */
export function selectsAny(
  { fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>,
  names: ReadonlySet<string>,
): boolean {
  const isIn = (set: SelectionSetNode | undefined): boolean =>
    (set?.selections ?? []).some((selection) => {
      if (selection.kind === Kind.FIELD) return names.has(selection.name.value)
      if (selection.kind === Kind.INLINE_FRAGMENT) return isIn(selection.selectionSet)
      return isIn(fragments[selection.name.value]?.selectionSet)
    })
  return fieldNodes.some(({ selectionSet }) => isIn(selectionSet))
}
