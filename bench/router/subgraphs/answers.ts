import { graphql } from 'graphql'
import type { Graph, SubgraphModel } from '../graphs/graph.ts'
import { subgraphRoot, subgraphSchema } from '../graphs/schemas.ts'

/** Answers a request body, as bytes of JSON. */
export type Answer = (body: string) => Buffer | Promise<Buffer>

/** The current behaviour of the subgraphs. */
export type Behaviour = {
  delayMs: number
  /** Percentage of responses with other bytes than the last to the same body. */
  changing: number
}

/** Maximum number of bodies with stored answers; the oldest are computed again. */
const KEPT = 20_000

/**
 * Answers of a subgraph: graphql-js computes the first answer to a body, and the same bytes are sent from
 * then on. They are right for any plan and any representations, and cost almost nothing during a measurement.
 * A changing answer differs by a line break at its end.
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
