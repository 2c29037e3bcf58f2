import type { Logger } from 'pino'
import type { Resources, Timer } from './subgraph.ts'
import { followUp, newTrace, withTrace } from './trace.ts'

export type Timers = {
  /** Waits for current runs, then stops. */
  stop(): Promise<void>
}

type TimerOptions = { resources: Resources; log: Logger; onWrote: () => void }

/** Runs each timer periodically, never twice at once. A failure is logged and the next run tries again. */
export function startTimers(timers: readonly Timer<Resources>[], options: TimerOptions): Timers {
  const stops = timers.map((timer) => startTimer(timer, options))
  return {
    async stop() {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

function startTimer(timer: Timer<Resources>, { resources, log, onWrote }: TimerOptions): () => Promise<void> {
  let running: Promise<void> | null = null

  async function round(): Promise<void> {
    const trace = newTrace()
    try {
      await withTrace(trace, () => timer.run(resources))
      followUp(trace, onWrote)
    } catch (error) {
      log.error({ err: error, timer: timer.name }, 'a timer failed; it runs again')
    } finally {
      running = null
    }
  }

  const interval = setInterval(() => {
    running ??= round()
  }, timer.everyMs)
  return async () => {
    clearInterval(interval)
    await running
  }
}
