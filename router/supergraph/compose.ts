import { composeServices } from '@apollo/composition'
import { GraphQLError, parse, Source } from 'graphql'
import { messageOf } from '../usage-error.ts'
import { type CompositionProblem, problemOf } from './composition-problem.ts'
import type { SubgraphSource } from './supergraph-yaml.ts'

/** A supergraph SDL, or all composition errors. */
export type Composition =
  | { readonly ok: true; readonly sdl: string }
  | { readonly ok: false; readonly problems: readonly CompositionProblem[] }

/**
 * Composes subgraphs into a supergraph by `@apollo/composition`, including the check of satisfiability. Pure,
 * and CPU-bound.
 */
export function composeSubgraphs(subgraphs: readonly SubgraphSource[]): Composition {
  const problems: CompositionProblem[] = []
  const services = subgraphs.flatMap((subgraph) => {
    try {
      return [
        { name: subgraph.name, url: subgraph.url, typeDefs: parse(new Source(subgraph.sdl, subgraph.file)) },
      ]
    } catch (error) {
      problems.push(syntaxProblem(subgraph, error))
      return []
    }
  })
  if (problems.length > 0) return { ok: false, problems }
  try {
    const { supergraphSdl, errors } = composeServices(services)
    if (errors) return { ok: false, problems: errors.map((error) => problemOf(error, subgraphs)) }
    return { ok: true, sdl: supergraphSdl }
  } catch (error) {
    // Composition throws errors that it considers the caller's fault, such as two subgraphs with one name.
    return { ok: false, problems: [problemOf(new GraphQLError(messageOf(error)), subgraphs)] }
  }
}

function syntaxProblem({ name, file }: SubgraphSource, error: unknown): CompositionProblem {
  const line = error instanceof GraphQLError ? error.locations?.[0]?.line : undefined
  return {
    code: 'GRAPHQL_PARSE_FAILED',
    message: messageOf(error),
    subgraphs: [name],
    coordinate: null,
    places: [line ? `${file}:${line}` : file],
  }
}
