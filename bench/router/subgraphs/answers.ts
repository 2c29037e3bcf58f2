import { graphql } from 'graphql'
import type { Graph, SubgraphModel } from '../graphs/graph.ts'
import { subgraphRoot, subgraphSchema } from '../graphs/schemas.ts'

/** Answers a request body, as bytes of JSON. */
export type Answer = (body: string) => Buffer | Promise<Buffer>

/** How the subgraphs behave at the moment. */
export type Behaviour = {
  delayMs: number
  /** Of a hundred answers so many are other bytes than the last to the same body. */
  changing: number
}

/** Beyond this many different bodies the oldest are computed again. */
const KEPT = 20_000

/**
 * Answers of a subgraph: computed by graphql-js the first time a body comes, the same bytes from then on. So they are right
 * for any plan and any representations, and cost as good as nothing while something is measured. One that changes says the
 * same, with a line break behind it or without.
 */
export function answersOf(
  graph: Graph,
  subgraph: SubgraphModel,
  behaviour: Pick<Behaviour, 'changing'>,
): Answer {
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
  let due = 0
  return (body) => {
    const bytes = known.get(body)
    if (!bytes) return compute(body)
    due += behaviour.changing
    if (due < 100) return bytes
    due -= 100
    const other = changed(bytes)
    known.set(body, other)
    return other
  }
}

const LINE_FEED = 0x0a

function changed(bytes: Buffer): Buffer {
  return bytes.at(-1) === LINE_FEED ? bytes.subarray(0, -1) : Buffer.concat([bytes, Buffer.of(LINE_FEED)])
}
