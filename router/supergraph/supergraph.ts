import { createHash } from 'node:crypto'
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, type Schema, Supergraph } from '@apollo/federation-internals'
import { QueryPlanner } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { type Requirements, requirementsOf } from '../security/requirements.ts'

/** Everything that serves one supergraph SDL. Never changed; a new SDL makes a new one, swapped in whole. */
export type LoadedSupergraph = {
  /** The first 12 hexadecimal digits of the SDL's SHA-256: says which graph answers. */
  readonly id: string
  readonly sdl: string
  /** What clients see, as graphql-js validates against it. */
  readonly clientSchema: GraphQLSchema
  /** The same, as federation plans and shapes by it. */
  readonly apiSchema: Schema
  /** With join and link machinery, for what execution looks up. */
  readonly supergraphSchema: GraphQLSchema
  /** Built when first asked for: it takes as long as all the rest, and only the reference plans by it. */
  readonly planner: QueryPlanner
  readonly requirements: Requirements
  /** The routing URL of each subgraph, by name, as the SDL has it. */
  readonly subgraphs: ReadonlyMap<string, string>
}

export function supergraphId(sdl: string): string {
  return createHash('sha256').update(sdl).digest('hex').slice(0, 12)
}

/**
 * Builds what serves a supergraph. CPU-bound: some hundred milliseconds for fifty types.
 * @param validate false for an SDL that composition has just validated.
 * @throws GraphQLError where the SDL is no supergraph, or links a feature that must be understood and is not.
 */
export function buildSupergraph(sdl: string, validate = true): LoadedSupergraph {
  const supergraph = Supergraph.build(sdl, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
    validateSupergraph: validate,
  })
  const apiSchema = supergraph.apiSchema()
  let planner: QueryPlanner | null = null
  return {
    id: supergraphId(sdl),
    sdl,
    clientSchema: apiSchema.toGraphQLJSSchema(),
    apiSchema,
    supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
    get planner() {
      planner ??= new QueryPlanner(supergraph)
      return planner
    },
    requirements: requirementsOf(supergraph),
    subgraphs: new Map(supergraph.subgraphsMetadata().map(({ name, url }) => [name, url])),
  }
}
