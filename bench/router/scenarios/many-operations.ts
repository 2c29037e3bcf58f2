import { openArena } from '../arena.ts'
import { chosen, smallField } from '../contestants/line-ups.ts'
import { seededRandom } from '../graphs/random.ts'
import { wholeSchema } from '../graphs/schemas.ts'
import { load, type Work } from '../measure/measurement.ts'
import { randomOperations } from '../operations/random-operation.ts'
import { requestsOf } from '../operations/requests.ts'
import type { BenchOptions } from '../options.ts'
import { loadReport } from '../report/load-report.ts'
import { changes, interleaved, openField, type Say } from './field.ts'

const OPERATIONS = 50
/** The response time of a nearby subgraph. */
const DELAY_MS = 5
/** Length of the sequence of requests, which repeats. */
const ORDER = 5_000

/** Scenario 2: different operations with variables, subgraphs with a delay. @returns the report. */
export async function manyOperations(options: BenchOptions, say: Say): Promise<string> {
  const arena = await openArena('shop', options.product)
  try {
    const requests = requestsOf(arena.graph, randomOperations(wholeSchema(arena.graph), 1, OPERATIONS))
    await arena.expect(requests.expected)
    const field = await openField(arena, chosen(smallField(options.product), options.only), say)
    try {
      const random = seededRandom(2)
      const work: Work = {
        bodies: requests.bodies,
        order: Array.from({ length: ORDER }, () => random.below(OPERATIONS)),
        connections: options.connections,
        milliseconds: options.seconds * 1_000,
      }
      // Plan each operation and compute each subgraph response before the measurement.
      const each = { ...work, order: requests.bodies.map((_, index) => index), atMost: OPERATIONS * 2 }
      for (const running of field.running) await load(arena, running, { ...each, milliseconds: 60_000 })
      await arena.setDelay(DELAY_MS)
      await arena.setChanging(options.changing)
      const measured = await interleaved(arena, field, work, options.rounds, say)
      const title = `Scenario 2: ${OPERATIONS} operations with variables, ${DELAY_MS} ms in each subgraph, ${options.connections} connections${changes(options)}`
      return [title, '', loadReport(measured, field.failed)].join('\n')
    } finally {
      await field.close()
    }
  } finally {
    await arena.close()
  }
}
