import { BenchFailure } from './failure.ts'

/** The lifetime of a benchmark, however it ends. */
export type Life = {
  /**
   * Runs `stop` when the benchmark ends: done, failed, interrupted or over its time limit. The last
   * registered runs first.
   */
  own(stop: () => Promise<void> | void): void
  /** Aborted when the benchmark is ended by force; everything that starts or waits checks it. */
  readonly signal: AbortSignal
  /** Prints progress. */
  say(line: string): void
}

/** The benchmark was interrupted. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a piece of work, and stops everything that it owns before this settles.
 * @throws Interrupted on ctrl-c and similar signals; BenchFailure after `limitSeconds`; errors of the work
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
    // Parts of `work` that are still running must not start anything.
    if (!signal.aborted) aborted.catch(() => {})
    controller.abort(new Interrupted('ended'))
    await stopAll(stops)
    for (const name of SIGNALS) process.off(name, interrupt)
  }
}

/** Runs every stop even if others fail, and throws the first error at the end. */
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
