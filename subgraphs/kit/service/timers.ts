import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import type { Resources, Timer } from './subgraph.ts'
import { followUp, newTrace, withTrace } from './trace.ts'

export type Timers = {
  /** Waits for current runs, then stops. */
  stop(): Promise<void>
}

type TimerOptions = {
  readonly resources: Resources
  readonly log: Logger
  readonly clock: Clock
  readonly onWrote: () => void
}

/** Starts a run, unless the previous one is still running. */
type Start = { begin(): void; readonly running: () => Promise<void> | null }

/**
 * Runs each timer periodically, never twice at once. Timers with `due` that have the same period ask by one statement whether there is work,
 * and run where there is. A failure is logged and the next run tries again.
 */
export function startTimers(timers: readonly Timer<Resources>[], options: TimerOptions): Timers {
  const ending = new AbortController()
  const bound = timers.map((timer) => ({
    ...timer,
    run: (resources: Resources) => timer.run(resources, ending.signal),
  }))
  const asking = bound.flatMap((timer) => (timer.due === undefined ? [] : [{ ...timer, due: timer.due }]))
  const groups = [...Map.groupBy(asking, ({ everyMs }) => everyMs).values()]
  const stops = [
    ...bound.filter(({ due }) => due === undefined).map((timer) => startTimer(timer, options)),
    ...groups.map((group) => startAsking(group, options)),
  ]
  return {
    async stop() {
      ending.abort()
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

/** Work that does not run twice at once. */
function single(name: string, run: () => Promise<void>, { log, onWrote }: TimerOptions): Start {
  let running: Promise<void> | null = null

  async function round(): Promise<void> {
    const trace = newTrace()
    try {
      await withTrace(trace, run)
      followUp(trace, onWrote)
    } catch (error) {
      log.error({ err: error, timer: name }, 'a timer failed; it is retried')
    } finally {
      running = null
    }
  }

  return {
    begin() {
      running ??= round()
    },
    running: () => running,
  }
}

/** A timer bound to the signal of its stop. */
type Bound = Omit<Timer<Resources>, 'run'> & { run(resources: Resources): Promise<void> }

function startTimer(timer: Bound, options: TimerOptions): () => Promise<void> {
  const { begin, running } = single(timer.name, () => timer.run(options.resources), options)
  const interval = setInterval(begin, timer.everyMs)
  return async () => {
    clearInterval(interval)
    await running()
  }
}

type Asking = Bound & { readonly due: string }

/** Whether each query's time has come, as the columns `d0`, `d1`, …. */
export const dueSql = (queries: readonly string[]) =>
  `SELECT ${queries.map((query, place) => `(${query}) <= $1::timestamptz AS d${place}`).join(', ')}`

/** Timers of one period. */
function startAsking(timers: readonly Asking[], options: TimerOptions): () => Promise<void> {
  const { resources, clock } = options
  const runs = timers.map(({ name, run }) => single(name, () => run(resources), options))
  const sql = dueSql(timers.map(({ due }) => due))
  let isStopped = false
  const look = async () => {
    const [due] = await resources.prisma.$queryRawUnsafe<Record<string, boolean | null>[]>(sql, clock())
    if (!isStopped) for (const [place, { begin }] of runs.entries()) if (due?.[`d${place}`]) begin()
  }
  const { begin, running } = single(timers.map(({ name }) => name).join(', '), look, options)
  const interval = setInterval(begin, timers[0]?.everyMs)
  return async () => {
    clearInterval(interval)
    isStopped = true
    await Promise.all([running(), ...runs.map((one) => one.running())])
  }
}
