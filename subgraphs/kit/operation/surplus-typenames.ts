import { type GraphQLResolveInfo, Kind, type OperationDefinitionNode, visit } from 'graphql'

const known = new WeakMap<OperationDefinitionNode, number>()

/**
 * How many `__typename` fields a document holds beyond one per selection set. graphql-js resolves them without asking the
 * schema's resolvers, hence each object of an answer is counted as if it held all of them.
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
