import { type ConstDirectiveNode, type GraphQLSchema, isEnumType } from 'graphql'

export type Arguments = Readonly<Record<string, unknown>>

export type WithDirectives =
  | { readonly directives?: readonly ConstDirectiveNode[] | undefined }
  | null
  | undefined

/** The arguments of each directive of that name; lists and objects as their nodes. */
export function argumentsOf(node: WithDirectives, directive: string): readonly Arguments[] {
  const directives = node?.directives?.filter(({ name }) => name.value === directive) ?? []
  return directives.map(({ arguments: args = [] }) =>
    Object.fromEntries(
      args.map(({ name: { value }, value: given }) => [value, 'value' in given ? given.value : given]),
    ),
  )
}

/** The arguments of each `join__` directive of that name. */
export function joined(node: WithDirectives, name: string): readonly Arguments[] {
  return argumentsOf(node, `join__${name}`)
}

/** The names of subgraphs by those of the supergraph's enum. */
export type GraphNames = ReadonlyMap<unknown, string>

export function graphNames(schema: GraphQLSchema): GraphNames {
  const graphs = schema.getType('join__Graph')
  const values = isEnumType(graphs) ? graphs.getValues() : []
  return new Map(
    values.map(({ name, astNode }) => {
      const [graph] = joined(astNode, 'graph')
      return [name, String(graph?.name ?? name)]
    }),
  )
}
