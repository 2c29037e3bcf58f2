import { BenchFailure } from './failure.ts'

/** The time from a benchmark's start to its end, whichever way it ends. */
export type Life = {
  /** Runs `stop` when the benchmark ends: done, failed, interrupted or over its limit. The last given runs first. */
  own(stop: () => Promise<void> | void): void
  /** Aborted at the end by force; whatever starts or waits looks at it. */
  readonly signal: AbortSignal
  /** Tells people how far it is. */
  say(line: string): void
}

/** A benchmark that was told to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Lives through one piece of work, and stops all that it owns before this settles.
 * @throws Interrupted on ctrl-c and the like; BenchFailure when `limitSeconds` are over; whatever the work throws
 */
export async function live<T>(
  limitSeconds: number,
  say: (line: string) => void,
  work: (life: Life) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const { signal } = controller
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
  const interrupt = (name: string) => controller.abort(new Interrupted(name))
  for (const name of SIGNALS) process.on(name, interrupt)
  const limit = setTimeout(() => {
    controller.abort(new BenchFailure(`not done after ${limitSeconds} s: raise --limit, or measure less`))
  }, limitSeconds * 1_000)
  const stops: (() => Promise<void> | void)[] = []
  try {
    const working = work({ own: (stop) => stops.push(stop), signal, say })
    return await Promise.race([working, aborted])
  } finally {
    clearTimeout(limit)
    // What still runs in `work` must not start anything more.
    if (!signal.aborted) aborted.catch(() => {})
    controller.abort(new Interrupted('ended'))
    await stopAll(stops)
    for (const name of SIGNALS) process.off(name, interrupt)
  }
}

/** Every stop is tried, whatever the others do; the first fault is thrown at the end. */
async function stopAll(stops: (() => Promise<void> | void)[]): Promise<void> {
  const faults: unknown[] = []
  for (const stop of stops.splice(0).reverse()) {
    try {
      await stop()
    } catch (error) {
      faults.push(error)
    }
  }
  if (faults.length > 0) throw faults[0]
}
