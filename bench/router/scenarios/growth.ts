import { type Arena, openArena } from '../arena.ts'
import { argyleShared, chosen } from '../contestants/line-ups.ts'
import { hiveRust, stock } from '../contestants/peers.ts'
import type { Running } from '../contestants/running.ts'
import { growthOperation } from '../graphs/growth.ts'
import { percentile } from '../load/latencies.ts'
import { figuresOf, load, measure, type Work } from '../measure/measurement.ts'
import { requestsOf } from '../operations/requests.ts'
import type { BenchOptions } from '../options.ts'
import { notMeasured } from '../report/load-report.ts'
import { figure, table } from '../report/table.ts'
import { WrongAnswer } from '../wrong-answer.ts'
import { openField, type Say } from './field.ts'

/** Numbers of subgraphs and lengths of lists: up to 200,000 values from other subgraphs in one answer. */
const STEPS = [
  { subgraphs: 5, items: [100, 1_000, 10_000] },
  { subgraphs: 20, items: [100, 1_000, 5_000] },
  { subgraphs: 100, items: [100, 1_000] },
]
/** One request at a time, to measure its cost, not throughput. */
const CONNECTIONS = 1

/** Scenario 3: the cost of more subgraphs and longer lists. @returns the report. */
export async function growth(options: BenchOptions, say: Say): Promise<string> {
  const rows: string[][] = []
  const failed = new Map<string, string>()
  for (const { subgraphs, items } of STEPS) {
    const arena = await openArena(`growth:${subgraphs}`, options.product)
    try {
      const contestants = [stock, hiveRust, argyleShared(options.product)]
      const field = await openField(arena, chosen(contestants, options.only), say)
      try {
        for (const [name, reason] of field.failed) failed.set(`${name}, ${subgraphs} subgraphs`, reason)
        for (const count of items) {
          rows.push(...(await measureStep(arena, field.running, { subgraphs, items: count }, options)))
          say(`${subgraphs} subgraphs, ${count} items: done`)
        }
      } finally {
        await field.close()
      }
    } finally {
      await arena.close()
    }
  }
  const head = ['', 'subgraphs', 'items', 'answer KB', 'p50 ms', 'CPU ms/request', '× first by CPU', 'MB']
  return [
    'Scenario 3: growth, one request at a time',
    '',
    table(head, rows),
    '',
    ...notMeasured(failed),
  ].join('\n')
}

type Step = { readonly subgraphs: number; readonly items: number }

async function measureStep(
  arena: Arena,
  running: readonly Running[],
  { subgraphs, items }: Step,
  options: BenchOptions,
): Promise<string[][]> {
  const operation = { query: growthOperation(subgraphs), variables: { first: items } }
  const { bodies, expected } = requestsOf(arena.graph, [operation])
  await arena.expect(expected)
  const work: Work = { bodies, order: [0], connections: CONNECTIONS, milliseconds: options.seconds * 1_000 }
  const kilobytes = Math.round((expected[0]?.length ?? 0) / 1_024)
  let base = Number.NaN
  const rows: string[][] = []
  for (const contestant of running) {
    const step = [contestant.contestant.name, ...[subgraphs, items, kilobytes].map(String)]
    try {
      // Warm up for as long as the measurement, so that compilation is finished.
      await load(arena, contestant, work)
      const round = await measure(arena, contestant, work)
      const { cpuMsPerRequest, residentMb } = figuresOf([round])
      if (Number.isNaN(base)) base = cpuMsPerRequest
      const figures = [percentile(round.latencies, 0.5), cpuMsPerRequest, base / cpuMsPerRequest, residentMb]
      rows.push([...step, ...figures.map(figure)])
    } catch (error) {
      // A refusal or a timeout at some size is a result too. A wrong answer is not.
      if (!(error instanceof WrongAnswer) || error.fault.kind === 'wrong') throw error
      rows.push([...step, error.fault.detail.slice(0, 60)])
    }
  }
  return rows
}
