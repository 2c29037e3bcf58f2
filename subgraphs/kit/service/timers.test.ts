import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PrismaLike } from '../database/database.ts'
import { openLog } from './log.ts'
import type { Resources, Timer } from './subgraph.ts'
import { startTimers } from './timers.ts'
import { currentTrace } from './trace.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  // A stop leaves none behind.
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

// These timers use no database.
const resources = { prisma: {} as PrismaLike }
const clock = () => new Date('2026-03-01T12:00:00Z')

function timer(run: Timer<Resources>['run']) {
  const logged: Record<string, unknown>[] = []
  let woken = 0
  const log = openLog('test', 'info', { write: (line) => void logged.push(JSON.parse(line)) })
  const onWrote = () => {
    woken += 1
  }
  const timers = startTimers([{ name: 'tick', everyMs: 1_000, run }], { resources, log, clock, onWrote })
  return { timers, logged, woken: () => woken }
}

test('runs once a period, and no more once it is stopped', async () => {
  let runs = 0
  const { timers } = timer(async () => {
    runs += 1
  })
  await vi.advanceTimersByTimeAsync(999)
  expect(runs).toBe(0)
  await vi.advanceTimersByTimeAsync(2_001)
  expect(runs).toBe(3)
  await timers.stop()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(runs).toBe(3)
})

test('never runs twice at once, however long a run takes', async () => {
  const runs: PromiseWithResolvers<void>[] = []
  const { timers } = timer(() => {
    const run = Promise.withResolvers<void>()
    runs.push(run)
    return run.promise
  })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(runs).toHaveLength(1)
  runs[0]?.resolve()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(runs).toHaveLength(2)
  runs[1]?.resolve()
  await timers.stop()
})

test('a stop aborts the signal of the current run, and waits for it', async () => {
  const run = Promise.withResolvers<void>()
  const signals: (AbortSignal | undefined)[] = []
  const { timers } = timer((_, stop) => {
    signals.push(stop)
    return run.promise
  })
  await vi.advanceTimersByTimeAsync(1_000)
  let stopped = false
  const stopping = timers.stop().then(() => {
    stopped = true
  })
  await vi.advanceTimersByTimeAsync(10)
  expect(stopped).toBe(false)
  expect(signals.map((stop) => stop?.aborted)).toEqual([true])
  run.resolve()
  await stopping
  expect(stopped).toBe(true)
})

test('a run that fails is logged by name, and the next one comes', async () => {
  let runs = 0
  const { timers, logged } = timer(async () => {
    runs += 1
    if (runs === 1) throw new Error('not today')
  })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(runs).toBe(2)
  expect(logged).toEqual([
    expect.objectContaining({
      timer: 'tick',
      msg: 'a timer failed; it is retried',
      err: expect.objectContaining({ message: 'not today' }),
    }),
  ])
  await timers.stop()
})

test('wakes the relay after a run that wrote to the outbox, and only then', async () => {
  let runs = 0
  const traces = new Set<string>()
  const { timers, woken } = timer(async () => {
    runs += 1
    traces.add(currentTrace().correlationId)
    if (runs === 2) currentTrace().wrote = true
  })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(woken()).toBe(1)
  // Each run has its own trace.
  expect(traces.size).toBe(3)
  await timers.stop()
})

/** Timers with `due`, whose queries this function answers. */
function asking(
  names: readonly string[],
  answer: (sql: string, values: readonly unknown[]) => Promise<Record<string, boolean | null>>,
  everyMs: (name: string) => number = () => 1_000,
  run: () => Promise<void> = async () => {},
) {
  const ran: string[] = []
  const logged: Record<string, unknown>[] = []
  const log = openLog('test', 'info', { write: (line) => void logged.push(JSON.parse(line)) })
  const asked: string[] = []
  const prisma = {
    async $queryRawUnsafe(sql: string, ...values: unknown[]) {
      asked.push(sql)
      return [await answer(sql, values)]
    },
  } as unknown as PrismaLike
  const timers = startTimers(
    names.map((name) => ({
      name,
      everyMs: everyMs(name),
      due: `SELECT due FROM ${name}`,
      run() {
        ran.push(name)
        return run()
      },
    })),
    { resources: { prisma }, log, clock, onWrote: () => {} },
  )
  return { timers, ran, asked, logged }
}

test('timers of one period ask by one statement, and those run whose time has come', async () => {
  const { timers, ran, asked } = asking(['first', 'second', 'third'], async (_, values) => {
    expect(values).toEqual([clock()])
    return { d0: false, d1: true, d2: null }
  })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(asked).toEqual([
    'SELECT (SELECT due FROM first) <= $1::timestamptz AS d0, (SELECT due FROM second) <= $1::timestamptz AS d1, (SELECT due FROM third) <= $1::timestamptz AS d2',
    asked[0],
  ])
  expect(ran).toEqual(['second', 'second'])
  await timers.stop()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toHaveLength(2)
})

test('timers of different periods ask apart', async () => {
  const periods: Readonly<Record<string, number>> = { quick: 500, slow: 2_000 }
  const { timers, asked } = asking(
    ['quick', 'slow'],
    async () => ({}),
    (name) => periods[name] ?? 0,
  )
  await vi.advanceTimersByTimeAsync(2_000)
  expect(asked.filter((sql) => sql.includes('FROM quick'))).toHaveLength(4)
  expect(asked.filter((sql) => sql.includes('FROM slow'))).toHaveLength(1)
  await timers.stop()
})

test('a question that fails is logged by the names of its timers, and asked again', async () => {
  let questions = 0
  const { timers, ran, logged } = asking(['first', 'second'], async () => {
    questions += 1
    if (questions === 1) throw new Error('away')
    return { d0: true, d1: false }
  })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(logged).toEqual([expect.objectContaining({ timer: 'first, second' })])
  expect(ran).toEqual(['first'])
  await timers.stop()
})

test('a stop waits for a run that was due', async () => {
  const free = Promise.withResolvers<void>()
  const answer = async () => ({ d0: true })
  const { timers, ran } = asking(['only'], answer, undefined, () => free.promise)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(ran).toEqual(['only'])
  let isStopped = false
  const stopping = timers.stop().then(() => {
    isStopped = true
  })
  await vi.advanceTimersByTimeAsync(10)
  expect(isStopped).toBe(false)
  free.resolve()
  await stopping
})

test('an answer that comes after the stop starts nothing', async () => {
  const answer = Promise.withResolvers<Record<string, boolean>>()
  const { timers, ran } = asking(['only'], () => answer.promise)
  await vi.advanceTimersByTimeAsync(1_000)
  let isStopped = false
  const stopping = timers.stop().then(() => {
    isStopped = true
  })
  await vi.advanceTimersByTimeAsync(10)
  expect(isStopped).toBe(false)
  answer.resolve({ d0: true })
  await stopping
  expect(ran).toEqual([])
})
