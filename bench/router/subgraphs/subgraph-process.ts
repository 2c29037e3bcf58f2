import { graphNamed } from '../graphs/graph-names.ts'
import { serveCommands } from '../processes/commands.ts'
import { answersOf, type Behaviour } from './answers.ts'
import { serveSubgraph, type Tally } from './subgraph-server.ts'

/** Runs all subgraphs of a graph in this process, on one core. `argv`: the graph's name. */
const graph = graphNamed(process.argv[2] ?? '')
const tally: Tally = { calls: 0, bytesIn: 0, bytesOut: 0, log: null }
const behaviour: Behaviour = { delayMs: 0, changing: 0 }
const ports = await Promise.all(
  graph.subgraphs.map(async (subgraph) => {
    const { port } = await serveSubgraph(
      subgraph.name,
      answersOf(graph, subgraph, behaviour),
      tally,
      behaviour,
    )
    return [subgraph.name, port] as const
  }),
)

serveCommands({
  ports: () => ports,
  delay: (milliseconds: number) => {
    behaviour.delayMs = milliseconds
  },
  changing: (percent: number) => {
    behaviour.changing = percent
  },
  /** The counts since the last query. */
  tally: () => {
    const { calls, bytesIn, bytesOut } = tally
    Object.assign(tally, { calls: 0, bytesIn: 0, bytesOut: 0 })
    return { calls, bytesIn, bytesOut }
  },
  startLog: () => {
    tally.log = []
  },
  takeLog: () => {
    const { log } = tally
    tally.log = null
    return log ?? []
  },
})
