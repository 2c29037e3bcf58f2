import { type Arena, openArena } from '../arena.ts'
import { ceilings } from '../contestants/ceilings.ts'
import { argyleAlone, chosen, wholeField } from '../contestants/line-ups.ts'
import { stock } from '../contestants/peers.ts'
import { startContestant } from '../contestants/running.ts'
import { load, type Work } from '../measure/measurement.ts'
import { profileContestants } from '../measure/profile.ts'
import { type Requests, requestsOf } from '../operations/requests.ts'
import { storefront } from '../operations/storefront.ts'
import type { BenchOptions } from '../options.ts'
import { goalLines } from '../report/goals.ts'
import { loadReport } from '../report/load-report.ts'
import type { Call } from '../subgraphs/call-log.ts'
import { changes, interleaved, openField, type Say } from './field.ts'

/** Delay of the subgraphs while calls are recorded, so that their times reveal dependencies. */
const RECORDING_DELAY_MS = 60

/** Scenario 1: one operation, subgraphs with almost no cost. @returns the report. */
export async function oneOperation(options: BenchOptions, say: Say): Promise<string> {
  const arena = await openArena('shop', options.product)
  try {
    const requests = requestsOf(arena.graph, [storefront])
    await arena.expect(requests.expected)
    const calls = await recordedCalls(arena, requests, options.product)
    const all = [...wholeField(options.product), ...ceilings({ calls, answer: requests.expected[0] ?? '' })]
    const field = await openField(arena, chosen(all, options.only), say)
    try {
      const work = workOf(requests, options)
      await arena.setChanging(options.changing)
      const measured = await interleaved(arena, field, work, options.rounds, say)
      const profiles = options.profile ? await profileContestants(arena, field.running, work, say) : []
      const title = `Scenario 1: one operation, ${requests.expected[0]?.length} bytes, ${options.connections} connections${changes(options)}`
      return [title, '', loadReport(measured, field.failed), '', ...goalLines(measured), ...profiles].join(
        '\n',
      )
    } finally {
      await field.close()
    }
  } finally {
    await arena.close()
  }
}

function workOf({ bodies }: Requests, { connections, seconds }: BenchOptions): Work {
  return { bodies, order: bodies.map((_, index) => index), connections, milliseconds: seconds * 1_000 }
}

/**
 * The calls of our router for one request, or those of stock if ours cannot be started, which is then
 * reported as not measured.
 */
async function recordedCalls(arena: Arena, { bodies }: Requests, product: string): Promise<Call[]> {
  const router = await startContestant(argyleAlone(product), arena).catch(() => startContestant(stock, arena))
  const once: Work = { bodies, order: [0], connections: 1, milliseconds: 10_000, atMost: 1 }
  try {
    await load(arena, router, once)
    await arena.setDelay(RECORDING_DELAY_MS)
    return await arena.recordCalls(() => load(arena, router, once))
  } finally {
    await arena.setDelay(0)
    await router.stop()
  }
}
