import cluster from 'node:cluster'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Router } from '../router.ts'
import { stopOnSignals } from './stop-on-signals.ts'

const { isWorker, isPrimary } = cluster
const listeners = new Map<string | symbol, () => void>()
/** The calls of the process, in order. */
const done: string[] = []

beforeEach(() => {
  listeners.clear()
  done.length = 0
  vi.spyOn(process, 'on').mockImplementation((name, listener) => {
    listeners.set(name, () => void listener())
    return process
  })
  vi.spyOn(process, 'exit').mockImplementation(
    ((code: number) => void done.push(`exit ${code}`)) as () => never,
  )
})
afterEach(() => {
  Object.assign(cluster, { isWorker, isPrimary })
  vi.restoreAllMocks()
})

/** A process, whose router closes when the test says so. */
function started(asWorker: boolean) {
  Object.assign(cluster, { isWorker: asWorker, isPrimary: !asWorker })
  const closed = Promise.withResolvers<void>()
  // Nothing else of a router is used.
  const router = {
    close: () => {
      done.push('close')
      return closed.promise
    },
  } as Router
  stopOnSignals(router)
  return {
    signal: (name: string) => listeners.get(name)?.(),
    async end() {
      closed.resolve()
      await turn()
    },
  }
}

test.each(['SIGTERM', 'SIGINT'])(
  'a process without workers answers on %s what has begun, and ends; a second signal ends it at once',
  async (name) => {
    const { signal, end } = started(false)
    signal(name)
    await turn()
    expect(done).toEqual(['close'])
    signal('SIGTERM')
    expect(done).toEqual(['close', 'exit 1'])
    await end()
    expect(done).toEqual(['close', 'exit 1', 'exit 0'])
  },
)

test('a process without workers leaves SIGHUP as it is', () => {
  started(false)
  expect([...listeners.keys()].toSorted()).toEqual(['SIGINT', 'SIGTERM'])
})

test('a worker is ended by its primary alone, and once: signals of a terminal to all processes do nothing', async () => {
  const { signal, end } = started(true)
  for (const name of ['SIGINT', 'SIGHUP']) {
    expect(listeners.has(name)).toBe(true)
    signal(name)
  }
  expect(done).toEqual([])
  for (const name of ['SIGTERM', 'SIGTERM', 'disconnect']) signal(name)
  await end()
  expect(done).toEqual(['close', 'exit 0'])
})

test('a worker whose primary ended unexpectedly ends too', async () => {
  const { signal, end } = started(true)
  signal('disconnect')
  await turn()
  expect(done).toEqual(['close'])
  signal('SIGTERM')
  await end()
  expect(done).toEqual(['close', 'exit 0'])
})
