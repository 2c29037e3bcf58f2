import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PrismaLike } from '../database/database.ts'
import { openLog } from './log.ts'
import { startTimers } from './timers.ts'
import { currentTrace } from './trace.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

// These timers use no database.
const resources = { prisma: {} as PrismaLike }

function timer(run: () => Promise<void>) {
  const logged: Record<string, unknown>[] = []
  let woken = 0
  const log = openLog('test', 'info', { write: (line) => void logged.push(JSON.parse(line)) })
  const onWrote = () => {
    woken += 1
  }
  const timers = startTimers([{ name: 'tick', everyMs: 1_000, run }], { resources, log, onWrote })
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

test('a stop waits for the run in hand', async () => {
  const run = Promise.withResolvers<void>()
  const { timers } = timer(() => run.promise)
  await vi.advanceTimersByTimeAsync(1_000)
  let stopped = false
  const stopping = timers.stop().then(() => {
    stopped = true
  })
  await vi.advanceTimersByTimeAsync(10)
  expect(stopped).toBe(false)
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
      msg: 'a timer failed; it runs again',
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
