import type { Figures } from '../measure/measurement.ts'
import { figure, table } from './table.ts'

export type ConnectionsRow = {
  readonly contestant: string
  readonly delayMs: number
  readonly connections: number
  readonly figures: Figures
}

const HEAD = [
  ...['', 'subgraph ms', 'connections', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms/request', '× few', 'goal'],
  ...['core busy', 'MB'],
]

/** Maximum ratio of CPU per request with many connections to that with few, by the subgraphs' delay in ms. */
const GOALS: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [4, 1.1],
  [40, 1.3],
])

/**
 * @param rows of one contestant and delay: the fewest connections first, with which the others are compared.
 */
export function connectionsReport(rows: readonly ConnectionsRow[]): string {
  return table(
    HEAD,
    rows.map((row) => lineOf(row, rows)),
  )
}

function lineOf(row: ConnectionsRow, rows: readonly ConnectionsRow[]): string[] {
  const { contestant, delayMs, connections, figures } = row
  const few = rows.find((other) => other.contestant === contestant && other.delayMs === delayMs) ?? row
  const ratio = figures.cpuMsPerRequest / few.figures.cpuMsPerRequest
  const goal = few === row ? undefined : GOALS.get(delayMs)
  const { requestsPerSecond, p50, p99, cpuMsPerRequest, busy, residentMb } = figures
  return [
    contestant,
    ...[delayMs, connections, requestsPerSecond, p50, p99, cpuMsPerRequest, ratio].map(figure),
    goal === undefined ? '' : `≤ ${goal}: ${ratio <= goal ? 'reached' : 'not reached'}`,
    `${Math.round(busy * 100)} %`,
    figure(residentMb),
  ]
}
