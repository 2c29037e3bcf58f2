import { openArena } from '../arena.ts'
import { argyleReading, chosen } from '../contestants/line-ups.ts'
import { hiveRust } from '../contestants/peers.ts'
import type { Running } from '../contestants/running.ts'
import { figuresOf, load, measure, type Round, type Work } from '../measure/measurement.ts'
import { requestsOf } from '../operations/requests.ts'
import { storefront } from '../operations/storefront.ts'
import type { BenchOptions } from '../options.ts'
import { type ConnectionsRow, connectionsReport } from '../report/connections-report.ts'
import { notMeasured } from '../report/load-report.ts'
import { openField, type Say } from './field.ts'

/** Few, and ten times as many. */
const CONNECTIONS = [50, 500] as const
/** Delays of every subgraph response, in milliseconds. */
const DELAYS = [0, 4, 40] as const

/**
 * Scenario `connections`: the cost of one request with few and with many concurrent clients. @returns the
 * report.
 */
export async function connections(options: BenchOptions, say: Say): Promise<string> {
  const arena = await openArena('shop', options.product)
  try {
    const { bodies, expected } = requestsOf(arena.graph, [storefront])
    await arena.expect(expected)
    const field = await openField(
      arena,
      chosen([hiveRust, argyleReading(options.product)], options.only),
      say,
    )
    const workOf = (count: number): Work => ({
      ...{ bodies, order: [0], connections: count, milliseconds: options.seconds * 1_000 },
    })
    const rows: ConnectionsRow[] = []
    const measureAt = async (running: Running, delayMs: number) => {
      const rounds = new Map<number, Round[]>(CONNECTIONS.map((count) => [count, []]))
      for (const count of CONNECTIONS) await load(arena, running, workOf(count))
      for (let round = 0; round < options.rounds; round++) {
        for (const [count, taken] of rounds) taken.push(await measure(arena, running, workOf(count)))
      }
      for (const [count, taken] of rounds) {
        rows.push({
          contestant: running.contestant.name,
          delayMs,
          connections: count,
          figures: figuresOf(taken),
        })
      }
      say(`${running.contestant.name}, subgraphs of ${delayMs} ms: done`)
    }
    try {
      for (const delayMs of DELAYS) {
        await arena.setDelay(delayMs)
        for (const running of field.running) await measureAt(running, delayMs)
      }
    } finally {
      await field.close()
    }
    const title = `Connections: one operation, ${expected[0]?.length} bytes, every answer read, ${CONNECTIONS.join(' and ')} connections`
    return [title, '', connectionsReport(rows), '', ...notMeasured(field.failed)].join('\n')
  } finally {
    await arena.close()
  }
}
