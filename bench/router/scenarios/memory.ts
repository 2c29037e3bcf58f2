import { openArena } from '../arena.ts'
import { argyleShared, chosen } from '../contestants/line-ups.ts'
import { startContestant } from '../contestants/running.ts'
import { seededRandom } from '../graphs/random.ts'
import { wholeSchema } from '../graphs/schemas.ts'
import { load, type Work } from '../measure/measurement.ts'
import { residentMegabytes } from '../measure/process-status.ts'
import { slopePerHour } from '../measure/slope.ts'
import { randomOperations } from '../operations/random-operation.ts'
import { requestsOf } from '../operations/requests.ts'
import type { BenchOptions } from '../options.ts'
import { figure, table } from '../report/table.ts'
import type { Say } from './field.ts'

/** Twice what the router keeps, so that operations are evicted and return. */
const OPERATIONS = 2_000
const SAMPLE_MS = 5_000
/** The share of the run in which caches and compiled code fill up, which is not growth. */
const SETTLED = 0.5

/** Mixed operations for `--minutes`, to see whether memory stays constant. @returns the report. */
export async function memoryRun(options: BenchOptions, say: Say): Promise<string> {
  const arena = await openArena('shop', options.product)
  try {
    const { bodies, expected } = requestsOf(
      arena.graph,
      randomOperations(wholeSchema(arena.graph), 5_000, OPERATIONS),
    )
    await arena.expect(expected)
    const [contestant] = chosen([argyleShared(options.product)], options.only)
    if (!contestant) throw new Error('the memory run is of this router: leave --only out')
    const running = await startContestant(contestant, arena)
    try {
      const random = seededRandom(3)
      const samples: { minutes: number; megabytes: number }[] = []
      const began = performance.now()
      const minutes = () => (performance.now() - began) / 60_000
      let requests = 0
      while (minutes() < options.minutes) {
        const work: Work = {
          bodies,
          order: Array.from({ length: OPERATIONS }, () => random.below(OPERATIONS)),
          connections: options.connections,
          milliseconds: SAMPLE_MS,
        }
        requests += (await load(arena, running, work)).requests
        samples.push({ minutes: minutes(), megabytes: residentMegabytes(running.pid) })
        say(`${figure(minutes())} min, ${figure(samples.at(-1)?.megabytes ?? 0)} MB`)
      }
      return report(samples, requests, options)
    } finally {
      await running.stop()
    }
  } finally {
    await arena.close()
  }
}

type Sample = { readonly minutes: number; readonly megabytes: number }

function report(samples: readonly Sample[], requests: number, { minutes }: BenchOptions): string {
  const settled = samples.filter((sample) => sample.minutes >= minutes * SETTLED)
  const at = (share: number) => samples[Math.min(samples.length - 1, Math.floor(samples.length * share))]
  const rows = [0, 0.1, 0.25, 0.5, 0.75, 1].map((share) => {
    const sample = at(share)
    return [figure(sample?.minutes ?? Number.NaN), figure(sample?.megabytes ?? Number.NaN)]
  })
  const peak = Math.max(...samples.map(({ megabytes }) => megabytes))
  return [
    `Memory: ${OPERATIONS} different operations at random, ${requests} requests in ${minutes} minutes`,
    '',
    table(['minutes', 'MB resident'], rows),
    '',
    `  at most ${figure(peak)} MB; in the last half ${figure(slopePerHour(settled))} MB an hour`,
  ].join('\n')
}
