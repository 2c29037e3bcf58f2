import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, type Schema, Supergraph } from '@apollo/federation-internals'
import type { QueryPlanner } from '@apollo/query-planner'
import { buildASTSchema, type GraphQLSchema, parse, printSchema } from 'graphql'
import { type Requirements, requirementsOf } from '../security/requirements.ts'
import { keepExactLiterals } from './exact-scalars.ts'
import { noteHiddenMembers } from './hidden-members.ts'

/**
 * Everything needed to serve one supergraph SDL. It is immutable; a new SDL gets a new one, which replaces
 * the old one.
 */
export type LoadedSupergraph = {
  /** The first 12 hexadecimal digits of the SDL's SHA-256, which identify the supergraph. */
  readonly id: string
  readonly sdl: string
  /** Schema of clients, against which graphql-js validates. */
  readonly clientSchema: GraphQLSchema
  /**
   * The client schema in the form for federation's planning and shaping. Created on first use, like the
   * planner, which only the reference executor uses.
   */
  readonly apiSchema: Schema
  /** With the join and link directives, for execution. */
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
 * A built supergraph as plain data. It is passed between threads, and converted in 2 ms for an SDL of a
 * hundred lines, which takes 10 to 60 ms to build. A swap to one of 3,600 lines blocks the event loop for
 * some 25 ms, where it was 50 to 200.
 */
export type SupergraphData = Pick<LoadedSupergraph, 'sdl' | 'requirements' | 'subgraphs'> & {
  /** The SDL of the client schema. */
  readonly clientSdl: string
}

/**
 * Builds everything needed to serve a supergraph. CPU-bound: some hundred milliseconds for fifty types.
 * @param validate false for an SDL that composition has just validated.
 * @throws GraphQLError if the SDL is not a supergraph, or links an unknown feature that must be understood.
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

/** @param supergraph validated, so that its SDL and the client SDL define all types that they mention. */
export function dataOf({ sdl, requirements, subgraphs, clientSchema }: LoadedSupergraph): SupergraphData {
  return { sdl, requirements, subgraphs, clientSdl: printSchema(clientSchema) }
}

/** @param data of a supergraph that was built, so that nothing is validated. */
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
  // The supergraph object is not kept: it is as large as both schemas, and only the reference executor uses
  // it.
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

/** Loaded on demand: it takes 4 MB, and only the reference executor plans in this thread. */
function newPlanner(supergraph: Supergraph): QueryPlanner {
  // The package's own types, which `require()` does not provide.
  const { QueryPlanner } = createRequire(import.meta.url)(
    '@apollo/query-planner',
  ) as typeof import('@apollo/query-planner')
  return new QueryPlanner(supergraph)
}

function schemaOf(sdl: string): GraphQLSchema {
  return buildASTSchema(parse(sdl, { noLocation: true }), { assumeValidSDL: true })
}
