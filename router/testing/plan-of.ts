import { parse } from 'graphql'
import { pathText } from '../execution/entities/entities-at-path.ts'
import type { Conditions } from '../operation/conditions.ts'
import { normalForm } from '../operation/normalize/normalize.ts'
import { selectOperation } from '../operation/operation.ts'
import { dataKeys } from '../operation/response-keys.ts'
import type { Step } from '../planning/plan.ts'
import { newPlanner } from '../planning/planner.ts'
import { buildSupergraph } from '../supergraph/supergraph.ts'
import { composed } from './router.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@requires", "@external", "@provides", "@shareable", "@interfaceObject", "@context", "@fromContext"])`

/** The requests of an operation over subgraphs, by their names. */
export function requestsOf(
  subgraphs: Readonly<Record<string, string>>,
  operation: string,
  conditions: Conditions = new Map(),
): readonly string[] {
  const sources = Object.entries(subgraphs).map(([name, sdl]) => ({
    ...{ name, url: `http://${name}.test`, file: name, sdl: `${LINK} ${sdl}` },
  }))
  const supergraph = buildSupergraph(composed(sources))
  const { supergraphSchema, clientSchema } = supergraph
  const selected = selectOperation(parse(operation), undefined, supergraph)
  const normal = normalForm(selected, clientSchema, dataKeys(clientSchema))
  if (!normal) throw new Error('there is something to fetch')
  return textsOfSteps(newPlanner(supergraphSchema).plan(normal, { labels: [] })(conditions))
}

/** The subgraph, the path, the numbers of the required steps, and the selection. */
export function textsOfSteps(steps: readonly Step[]): readonly string[] {
  return steps.map(({ fetch, after }) => {
    const waits = [...after].map((step) => steps.indexOf(step) + 1)
    const places = fetch.kind === 'root' ? [] : fetch.lanes.flatMap(({ paths }) => paths.map(pathText))
    const asked = fetch.operation
      .replace('query($representations:[_Any!]!', 'q(')
      .replace(/_entities\(.*?\)/, '')
    return [fetch.subgraph, ...places, `after ${waits.join(' ') || 'none'}`, asked].join(' ')
  })
}
