import { graphql } from 'graphql'
import type { Graph, SubgraphModel } from '../graphs/graph.ts'
import { subgraphRoot, subgraphSchema } from '../graphs/schemas.ts'

/** Answers a request body, as bytes of JSON. */
export type Answer = (body: string) => Buffer | Promise<Buffer>

/** Beyond this many different bodies the oldest are computed again. */
const KEPT = 20_000

/**
 * Answers of a subgraph: computed by graphql-js the first time a body comes, the same bytes from then on. So they are right
 * for any plan and any representations, and cost as good as nothing while something is measured.
 */
export function answersOf(graph: Graph, subgraph: SubgraphModel): Answer {
  const schema = subgraphSchema(subgraph)
  const rootValue = subgraphRoot(graph, subgraph)
  const known = new Map<string, Buffer>()
  const compute = async (body: string): Promise<Buffer> => {
    const { query, variables, operationName } = JSON.parse(body)
    const result = await graphql({
      schema,
      rootValue,
      source: query,
      variableValues: variables,
      operationName,
    })
    const bytes = Buffer.from(JSON.stringify(result))
    const [oldest] = known.keys()
    if (known.size >= KEPT && oldest !== undefined) known.delete(oldest)
    known.set(body, bytes)
    return bytes
  }
  return (body) => known.get(body) ?? compute(body)
}
