import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, type Schema, Supergraph } from '@apollo/federation-internals'
import type { QueryPlanner } from '@apollo/query-planner'
import { buildASTSchema, type GraphQLSchema, parse, printSchema } from 'graphql'
import { type Requirements, requirementsOf } from '../security/requirements.ts'
import { keepExactLiterals } from './exact-scalars.ts'
import { noteHiddenMembers } from './hidden-members.ts'

/** Everything that serves one supergraph SDL. Never changed; a new SDL makes a new one, swapped in whole. */
export type LoadedSupergraph = {
  /** The first 12 hexadecimal digits of the SDL's SHA-256: says which graph answers. */
  readonly id: string
  readonly sdl: string
  /** Schema of clients, against which graphql-js validates. */
  readonly clientSchema: GraphQLSchema
  /** The same, as federation plans and shapes by it. Built when first asked for, as is the planner: only the reference does. */
  readonly apiSchema: Schema
  /** With join and link machinery, for what execution looks up. */
  readonly supergraphSchema: GraphQLSchema
  readonly planner: QueryPlanner
  readonly requirements: Requirements
  /** The routing URL of each subgraph, by name, as the SDL has it. */
  readonly subgraphs: ReadonlyMap<string, string>
}

export function supergraphId(sdl: string): string {
  return createHash('sha256').update(sdl).digest('hex').slice(0, 12)
}

/**
 * A supergraph that was built, as plain data. It passes from thread to thread, and what serves is made of it in
 * 2 ms for an SDL of a hundred lines, which takes 10 to 60 ms to build; a swap by one of 3,600 lines holds the event loop
 * for some 25 ms, where it was 50 to 200.
 */
export type SupergraphData = Pick<LoadedSupergraph, 'sdl' | 'requirements' | 'subgraphs'> & {
  /** The SDL of what clients see. */
  readonly clientSdl: string
}

/**
 * Builds what serves a supergraph. CPU-bound: some hundred milliseconds for fifty types.
 * @param validate false for an SDL that composition has just validated.
 * @throws GraphQLError where the SDL is no supergraph, or links a feature that must be understood and is not.
 */
export function buildSupergraph(sdl: string, validate = true): LoadedSupergraph {
  const supergraph = built(sdl, validate)
  const data = {
    sdl,
    requirements: requirementsOf(supergraph),
    subgraphs: new Map(supergraph.subgraphsMetadata().map(({ name, url }) => [name, url])),
  }
  const clientSchema = supergraph.apiSchema().toGraphQLJSSchema()
  return loaded(data, clientSchema, supergraph.schema.toGraphQLJSSchema())
}

/** @param supergraph that was validated: then its SDL, and the one for clients, define all that they mention. */
export function dataOf({ sdl, requirements, subgraphs, clientSchema }: LoadedSupergraph): SupergraphData {
  return { sdl, requirements, subgraphs, clientSdl: printSchema(clientSchema) }
}

/** @param data of a supergraph that has built: nothing is validated. */
export function supergraphOf(data: SupergraphData): LoadedSupergraph {
  return loaded(data, schemaOf(data.clientSdl), schemaOf(data.sdl))
}

function built(sdl: string, validate: boolean): Supergraph {
  return Supergraph.build(sdl, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
    validateSupergraph: validate,
  })
}

function loaded(
  { sdl, requirements, subgraphs }: Omit<SupergraphData, 'clientSdl'>,
  clientSchema: GraphQLSchema,
  supergraphSchema: GraphQLSchema,
): LoadedSupergraph {
  noteHiddenMembers(clientSchema, supergraphSchema)
  keepExactLiterals(clientSchema)
  // The one that was built before is not kept: as large as both schemas, and the reference alone asks for it.
  let supergraph: Supergraph | null = null
  let planner: QueryPlanner | null = null
  const whole = () => {
    supergraph ??= built(sdl, false)
    return supergraph
  }
  return {
    ...{ id: supergraphId(sdl), sdl, clientSchema, supergraphSchema, requirements, subgraphs },
    get apiSchema() {
      return whole().apiSchema()
    },
    get planner() {
      planner ??= newPlanner(whole())
      return planner
    },
  }
}

/** Loaded where it is asked for: it takes 4 MB, and plans elsewhere or not at all, but for the reference. */
function newPlanner(supergraph: Supergraph): QueryPlanner {
  // The package's own types, which require() does not carry.
  const { QueryPlanner } = createRequire(import.meta.url)(
    '@apollo/query-planner',
  ) as typeof import('@apollo/query-planner')
  return new QueryPlanner(supergraph)
}

function schemaOf(sdl: string): GraphQLSchema {
  return buildASTSchema(parse(sdl, { noLocation: true }), { assumeValidSDL: true })
}
