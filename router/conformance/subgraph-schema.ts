import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, type GraphQLFieldResolver, type GraphQLSchema, parse } from 'graphql'
import type { FieldResolvers, Row, SubgraphFixture } from './feature.ts'

/** The directives of Federation 2.9, all imported. */
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@external", "@requires", "@provides", "@inaccessible", "@override", "@interfaceObject", "@tag",
  "@extends", "@context", "@fromContext", "@composeDirective"
])`

type Module = Extract<
  Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number],
  { typeDefs: unknown }
>

/** The SDL in the form that composition accepts. */
export function fixtureSdl({ sdl, link = true }: SubgraphFixture): string {
  return link ? `${LINK}\n${sdl}` : sdl
}

/** A real subgraph schema over the fixture's rows. */
export function fixtureSchema(fixture: SubgraphFixture): GraphQLSchema {
  const typeDefs = parse(fixtureSdl(fixture))
  const resolvers: Record<string, object> = { ...fixture.resolvers }
  for (const name of typeNames(typeDefs.definitions)) {
    const resolveReference = (reference: Row) => entityAt(reference, fixture.entities?.[name])
    resolvers[name] = { __resolveReference: resolveReference, ...fixture.resolvers?.[name] }
  }
  // The library's resolver map wants each resolver's exact type; these are GraphQLFieldResolvers over rows.
  return buildSubgraphSchema([{ typeDefs, resolvers: resolvers as Module['resolvers'] }])
}

function typeNames(definitions: ReturnType<typeof parse>['definitions']): ReadonlySet<string> {
  const kinds = /^(Object|Interface)Type(Definition|Extension)$/
  return new Set(
    definitions.flatMap((node) =>
      'name' in node && node.name && kinds.test(node.kind) ? [node.name.value] : [],
    ),
  )
}

function entityAt(reference: Row, rows: readonly Row[] | undefined): Row | null {
  if (!rows) return { ...reference }
  const row = rows.find((candidate) => agrees(reference, candidate))
  return row ? { ...reference, ...row } : null
}

/** Whether every field that both have is equal; `__typename` may name an interface. */
function agrees(reference: Row, row: Row): boolean {
  return Object.entries(reference).every(([field, value]) => {
    if (field === '__typename' || !Object.hasOwn(row, field)) return true
    const own = row[field]
    const nested = typeof value === 'object' && value !== null && typeof own === 'object' && own !== null
    // Checked on the line above.
    return nested ? agrees(value as Row, own as Row) : value === own
  })
}

/** A GraphQL request's answer as a subgraph sends it. */
export async function answer(
  schema: GraphQLSchema,
  request: GraphqlRequest,
  query: Row = {},
): Promise<object> {
  const document = parse(request.query)
  const rootValue = { ...query }
  const result = await execute({
    schema,
    document,
    rootValue,
    variableValues: request.variables,
    operationName: request.operationName,
  })
  return result
}

export type GraphqlRequest = {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
}

/** Resolves fields by `resolvers` first, then by the row: for a schema that is not a subgraph's. */
export function rowResolver(
  resolvers: Readonly<Record<string, FieldResolvers>>,
): GraphQLFieldResolver<Row, unknown> {
  return (row, args, context, info) => {
    const own = resolvers[info.parentType.name]?.[info.fieldName]
    return own ? own(row, args, context, info) : row[info.fieldName]
  }
}
