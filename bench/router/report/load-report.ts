import type { Contestant } from '../contestants/contestant.ts'
import type { Figures } from '../measure/measurement.ts'
import { figure, table } from './table.ts'

export type Measured = { readonly contestant: Contestant; readonly figures: Figures }

const HEAD = [
  ...[
    '',
    'requests/s',
    '× first',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'CPU ms/request',
    '× by CPU',
    'core busy',
    'MB',
  ],
  ...['calls/request', 'KB sent/request'],
]

/**
 * The figures of contestants under one load, with ratios against the first.
 * @param failed the reasons why others were not measured.
 */
export function loadReport(measured: readonly Measured[], failed: ReadonlyMap<string, string>): string {
  const base = measured[0]?.figures.requestsPerSecond ?? Number.NaN
  const baseCpu = measured[0]?.figures.cpuMsPerRequest ?? Number.NaN
  const rows = measured.map(({ contestant, figures }) => [
    contestant.name,
    figure(figures.requestsPerSecond),
    figure(figures.requestsPerSecond / base),
    ...[figures.p50, figures.p95, figures.p99, figures.cpuMsPerRequest].map(figure),
    figure(baseCpu / figures.cpuMsPerRequest),
    `${Math.round(figures.busy * 100)} %`,
    ...[figures.residentMb, figures.callsPerRequest, figures.kilobytesSentPerRequest].map(figure),
  ])
  const notes = measured.map(({ contestant }) => `  ${contestant.name}: ${contestant.note}`)
  return [table(HEAD, rows), '', ...notes, ...notMeasured(failed)].join('\n')
}

/** A line for each contestant that could not be started. */
export function notMeasured(failed: ReadonlyMap<string, string>): string[] {
  return [...failed].map(([name, reason]) => `  not measured: ${name}: ${reason.replaceAll('\n', '\n    ')}`)
}
