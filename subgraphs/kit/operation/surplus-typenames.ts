import { type GraphQLResolveInfo, Kind, type OperationDefinitionNode, visit } from 'graphql'

const known = new WeakMap<OperationDefinitionNode, number>()

/**
 * The number of `__typename` fields in a document beyond one per selection set. graphql-js resolves them
 * without the schema's resolvers, so each object of a result is counted as if it had all of them.
 */
export function surplusTypenames({
  operation,
  fragments,
}: Pick<GraphQLResolveInfo, 'operation' | 'fragments'>): number {
  const before = known.get(operation)
  if (before !== undefined) return before
  let surplus = 0
  for (const definition of [operation, ...Object.values(fragments)]) {
    visit(definition, {
      SelectionSet({ selections }) {
        const names = selections.filter((one) => one.kind === Kind.FIELD && one.name.value === '__typename')
        surplus += Math.max(names.length - 1, 0)
      },
    })
  }
  known.set(operation, surplus)
  return surplus
}
