import { graphqlSync } from 'graphql'
import type { Graph } from '../graphs/graph.ts'
import { wholeRoot, wholeSchema } from '../graphs/schemas.ts'

export type Operation = {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}

/** Request bodies, and the right answer to each, as JSON text. */
export type Requests = { readonly bodies: readonly string[]; readonly expected: readonly string[] }

/**
 * Computes the right answers by graphql-js on the whole schema, independently of any router or plan.
 * @throws Error if an operation is invalid, or its answer has errors.
 */
export function requestsOf(graph: Graph, operations: readonly Operation[]): Requests {
  const schema = wholeSchema(graph)
  const rootValue = wholeRoot(graph)
  const expected = operations.map(({ query, variables }) => {
    const result = graphqlSync({ schema, rootValue, source: query, variableValues: variables })
    if (result.errors) throw new Error(`${result.errors.map(String).join('\n')}\nin ${query}`)
    return JSON.stringify(result)
  })
  return { bodies: operations.map((operation) => JSON.stringify(operation)), expected }
}
