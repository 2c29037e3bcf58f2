import type { Graph } from './graph.ts'
import { growth } from './growth.ts'
import { shop } from './shop.ts'

/** `shop`, or `growth:20` for one entity over twenty subgraphs, as on a process's command line. */
export function graphNamed(name: string): Graph {
  const [kind, count] = name.split(':')
  if (kind === 'shop') return shop()
  if (kind === 'growth' && Number(count) >= 2) return growth(Number(count))
  throw new Error(`${JSON.stringify(name)} is not a graph: allowed are shop and growth:N`)
}
