import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql'
import { buildSupergraph } from '../supergraph/supergraph.ts'
import type { ConformanceCase, Feature } from './feature.ts'
import { rowResolver } from './subgraph-schema.ts'

/** Answer of plain graphql-js over the whole graph's data, by the schema of clients. */
export async function answerWhole(
  schema: GraphQLSchema,
  whole: NonNullable<Feature['whole']>,
  { operation, variables = {} }: ConformanceCase,
): Promise<unknown> {
  const { data, errors } = await execute({
    schema,
    document: parse(operation),
    rootValue: whole.query,
    variableValues: variables,
    fieldResolver: rowResolver(whole.resolvers ?? {}),
  })
  if (errors) throw new AggregateError(errors, `the whole graph does not answer ${operation}: ${errors}`)
  return JSON.parse(JSON.stringify(data))
}

/** The schema that clients see. */
export function clientSchemaOf(supergraphSdl: string): GraphQLSchema {
  const { apiSchema } = buildSupergraph(supergraphSdl, false)
  return apiSchema.toGraphQLJSSchema() ?? buildSchema('type Query')
}
