import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ShopFailure } from './failure.ts'
import { runUntilSignal, type Started } from './run-until-signal.ts'

const signals = new Map<string | symbol, () => void>()
const lines: string[] = []
/** Codes with which the process would have ended. */
const codes: unknown[] = []
let exited = Promise.withResolvers<void>()
let now = 0

beforeEach(() => {
  exited = Promise.withResolvers()
  now = 10_000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  vi.spyOn(process, 'on').mockImplementation((name, listener) => {
    signals.set(name, listener)
    return process
  })
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    codes.push(code)
    exited.resolve()
    // The code after an exit does not run.
    throw new Error('the process has ended')
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  signals.clear()
  lines.length = 0
  codes.length = 0
})

const send = (name: 'SIGINT' | 'SIGTERM') => signals.get(name)?.()

function run(start: () => Promise<Started | null>): Promise<unknown> {
  return runUntilSignal({ write: (line) => void lines.push(line), start }).catch(() => 'ended')
}

/** Work that runs until it is stopped. */
function work(lost: Promise<string> = new Promise(() => {})) {
  const stop = vi.fn(async () => {})
  return { stop, started: { stop, lost } }
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s stops the work, and the exit code is 0', async (name) => {
  const { started, stop } = work()
  const running = run(async () => started)
  send(name)
  expect(await running).toBe('ended')
  expect([lines, codes, stop.mock.calls.length]).toEqual([['stopping'], [0], 1])
})

test('work that cannot continue is stopped with its reason and the exit code 1', async () => {
  const { started, stop } = work(Promise.resolve('PostgreSQL stopped'))
  await run(async () => started)
  expect([lines, codes, stop.mock.calls.length]).toEqual([['PostgreSQL stopped'], [1], 1])
})

test('the exit waits until the work has stopped', async () => {
  const stopped = Promise.withResolvers<void>()
  const running = run(async () => ({ stop: () => stopped.promise, lost: new Promise(() => {}) }))
  send('SIGINT')
  await new Promise(setImmediate)
  expect([lines, codes]).toEqual([['stopping'], []])
  stopped.resolve()
  await running
  expect(codes).toEqual([0])
})

test('a signal during the start stops the work after its start', async () => {
  const starting = Promise.withResolvers<Started>()
  const { started, stop } = work()
  const running = run(() => starting.promise)
  send('SIGTERM')
  await new Promise(setImmediate)
  expect(stop).not.toHaveBeenCalled()
  starting.resolve(started)
  await running
  expect([codes, stop.mock.calls.length]).toEqual([[0], 1])
})

test('a start that fails is one line, or a stack for a bug, and the exit code 1', async () => {
  await run(() => Promise.reject(new ShopFailure('port 4000 is in use')))
  const bug = new TypeError('a bug')
  await run(() => Promise.reject(bug))
  await run(() => Promise.reject('a text'))
  expect([lines, codes]).toEqual([
    ['port 4000 is in use', bug.stack, 'a text'],
    [1, 1, 1],
  ])
})

test('a start that fails after a signal says nothing, and has the exit code of an interruption', async () => {
  const starting = Promise.withResolvers<Started>()
  const running = run(() => starting.promise)
  send('SIGINT')
  starting.reject(new Error('the connection was closed'))
  await running
  expect([lines, codes]).toEqual([[], [130]])
})

test('where there is nothing to start, the process ends by itself', async () => {
  expect(await run(async () => null)).toBeUndefined()
  expect(codes).toEqual([])
})

test('a second ctrl-c ends the process at once, unless npm forwards the first', async () => {
  const running = run(() => new Promise(() => {}))
  for (const later of [0, 500, 0]) {
    now += later
    send('SIGINT')
  }
  expect(codes).toEqual([])
  now += 1
  expect(() => send('SIGTERM')).toThrow('the process has ended')
  expect(codes).toEqual([130])
  await Promise.race([running, exited.promise])
})
