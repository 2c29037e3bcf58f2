import { openArena } from '../arena.ts'
import { argyleShared, chosen } from '../contestants/line-ups.ts'
import { hiveRust, stock } from '../contestants/peers.ts'
import { startContestant } from '../contestants/running.ts'
import { wholeSchema } from '../graphs/schemas.ts'
import { percentile } from '../load/latencies.ts'
import { load, type Work } from '../measure/measurement.ts'
import { cpuMilliseconds } from '../measure/process-status.ts'
import { isOurs, profiled } from '../measure/profile.ts'
import { randomOperations } from '../operations/random-operation.ts'
import { requestsOf } from '../operations/requests.ts'
import type { BenchOptions } from '../options.ts'
import { notMeasured } from '../report/load-report.ts'
import { figure, table } from '../report/table.ts'
import type { Say } from './field.ts'

const OPERATIONS = 500
/**
 * Number of other operations that run first, so that the router's own code is warm and only the plans are
 * cold.
 */
const WARM_UP = 200
const CONNECTIONS = 4

type Stalls = { readonly p99: number; readonly max: number }

/**
 * Operations that were never seen before, once each. Contestants run one after another. @returns the report.
 */
export async function coldOperations(options: BenchOptions, say: Say): Promise<string> {
  const arena = await openArena('shop', options.product)
  try {
    const operations = randomOperations(wholeSchema(arena.graph), 1_000, WARM_UP + 2 * OPERATIONS)
    const { bodies, expected } = requestsOf(arena.graph, operations)
    await arena.expect(expected)
    const all = bodies.map((_, index) => index)
    const work = (order: readonly number[]): Work => ({
      ...{ bodies, order, connections: CONNECTIONS },
      ...{ milliseconds: 300_000, atMost: order.length },
    })
    const ours = [argyleShared(options.product)]
    const contestants = [stock, hiveRust, ...ours]
    const rows: string[][] = []
    const profiles: string[] = []
    const failed = new Map<string, string>()
    let base = Number.NaN
    for (const contestant of chosen(contestants, options.only)) {
      const start = () =>
        startContestant(contestant, arena).catch((error) => {
          failed.set(contestant.name, String(error))
          return null
        })
      // graphql-js computes a subgraph's first answer, which takes longer than what is measured.
      const first = await start()
      if (first) await load(arena, first, work(all)).finally(first.stop)
      const running = first && (await start())
      if (!running) continue
      try {
        await load(arena, running, work(all.slice(0, WARM_UP)))
        const before = cpuMilliseconds(running.pid)
        await running.ask('startStalls')
        const { milliseconds, latencies } = await load(arena, running, work(all.slice(WARM_UP, -OPERATIONS)))
        const { p99, max } = await running.ask<Stalls>('takeStalls')
        const cpu = cpuMilliseconds(running.pid) - before
        if (Number.isNaN(base)) base = milliseconds
        const own = [percentile(latencies, 0.5), percentile(latencies, 0.99), cpu / OPERATIONS, p99, max]
        rows.push([contestant.name, ...[milliseconds / 1_000, base / milliseconds, ...own].map(figure)])
        say(`${contestant.name} is done`)
        const others = () => load(arena, running, work(all.slice(-OPERATIONS)))
        if (options.profile && isOurs(running)) profiles.push(...(await profiled(running, others, say)))
      } finally {
        await running.stop()
      }
    }
    const head = [
      '',
      'seconds',
      '× first',
      'p50 ms',
      'p99 ms',
      'CPU ms/operation',
      'stall p99 ms',
      'stall max ms',
    ]
    const title = `Cold: ${OPERATIONS} different operations once each, after ${WARM_UP} others, ${CONNECTIONS} connections`
    return [title, '', table(head, rows), '', ...notMeasured(failed), ...profiles].join('\n')
  } finally {
    await arena.close()
  }
}
