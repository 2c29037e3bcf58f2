import cluster, { type Worker } from 'node:cluster'
import { EventEmitter } from 'node:events'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pauseAfter, superviseWorkers } from './supervisor.ts'

const pauses: { readonly ms: number; readonly end: () => void }[] = []
const after = (ms: number) => new Promise<void>((end) => void pauses.push({ ms, end }))

const workers: ReturnType<typeof newWorker>[] = []
const told: string[] = []

/** A worker without a process: it serves and ends when a test says so. */
function newWorker(pid: number) {
  const worker = new EventEmitter()
  let dead = false
  const parts = {
    process: {
      pid,
      send: (_message: unknown, _handle?: unknown) => true,
      kill: (signal: string) => void told.push(`${signal} to ${pid}`),
    },
    isDead: () => dead,
    serves: async () => {
      worker.emit('message', { serving: 'abc', url: 'http://x.test' })
      await turn()
    },
    ends: async (code: number | null = 0, signal: string | null = null) => {
      dead = true
      worker.emit('exit', code, signal)
      await turn()
    },
  }
  return Object.assign(worker, parts)
}

/** Time for the promises that are settled. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

const signals = new Map<string | symbol, () => void>()

beforeEach(() => {
  for (const list of [workers, told, pauses]) list.length = 0
  // A worker has the parts that a supervisor uses.
  vi.spyOn(cluster, 'fork').mockImplementation(() => {
    const worker = newWorker(workers.length + 1)
    workers.push(worker)
    return worker as unknown as Worker
  })
  vi.spyOn(console, 'log').mockImplementation(() => {})
  vi.spyOn(process, 'on').mockImplementation((name, listener) => {
    signals.set(name, () => void listener())
    return process
  })
})
afterEach(() => void vi.restoreAllMocks())

/** Two workers that serve. */
async function supervised() {
  const logged: string[] = []
  const log = pino({}, { write: (line: string) => void logged.push(line) })
  const code = superviseWorkers(2, log, after)
  let ended = false
  void code.then(() => {
    ended = true
  })
  await workers[0]?.serves()
  await workers[1]?.serves()
  const signal = async (name: NodeJS.Signals) => {
    signals.get(name)?.()
    await turn()
  }
  const paused = async () => {
    pauses.at(-1)?.end()
    await turn()
  }
  return { code, hasEnded: () => ended, signal, paused, logged }
}

test('the pause before a worker is replaced doubles up to ten seconds while workers end soon', () => {
  const lengths: number[] = []
  for (let ends = 0; ends < 9; ends++) lengths.push(pauseAfter(lengths.at(-1) ?? 0, ends % 2 ? 0 : 59_999))
  expect(lengths).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
})

test('after a minute of serving it is short again', () => {
  expect(pauseAfter(10_000, 60_000)).toBe(100)
})

test('it doubles with each worker that cannot start, and is short again for those of a SIGHUP', async () => {
  const { signal, paused, logged } = await supervised()
  await workers[0]?.ends(null, 'SIGKILL')
  await paused()
  await workers[2]?.ends(1)
  await paused()
  await workers[3]?.serves()
  await workers[3]?.ends(1)
  expect(pauses.map(({ ms }) => ms)).toEqual([100, 200, 400])
  await paused()
  await workers[4]?.serves()
  await signal('SIGHUP')
  for (const [next, old] of [
    [5, 1],
    [6, 4],
  ] as const) {
    await workers[next]?.serves()
    expect(told.at(-1)).toBe(`SIGTERM to ${old + 1}`)
    // The next one starts when the old one has ended.
    expect(workers).toHaveLength(next + 1)
    await workers[old]?.ends()
  }
  expect(logged.at(-1)).toMatch(/"workers":2,"msg":"the workers were replaced"/)
  await workers[5]?.ends(1)
  expect(pauses.map(({ ms }) => ms)).toEqual([100, 200, 400, 100])
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends the workers, and starts none any more', async (name) => {
  const { code, signal, paused } = await supervised()
  await workers[0]?.ends(1)
  await signal(name)
  expect(told).toEqual(['SIGTERM to 2'])
  await paused()
  expect(workers).toHaveLength(2)
  expect(pauses).toHaveLength(1)
  await workers[1]?.ends()
  expect(await code).toBe(0)
})

test.each([
  ['serves before it ends', true],
  ['ends before it serves', false],
])('SIGTERM ends a worker that is starting, too, which %s', async (_, serves) => {
  const { code, hasEnded, signal, logged } = await supervised()
  await signal('SIGHUP')
  await signal('SIGHUP')
  await signal('SIGTERM')
  expect(told).toEqual(['SIGTERM to 1', 'SIGTERM to 2', 'SIGTERM to 3'])
  await workers[0]?.ends()
  await workers[1]?.ends()
  expect(hasEnded()).toBe(false)
  if (serves) await workers[2]?.serves()
  await workers[2]?.ends()
  expect(await code).toBe(0)
  expect(workers).toHaveLength(3)
  expect(logged.filter((line) => /died|failed/.test(line))).toEqual([])
})

test('SIGTERM ends a worker that takes the place of one that died', async () => {
  const { code, signal, paused } = await supervised()
  await workers[0]?.ends(1)
  await paused()
  await signal('SIGTERM')
  expect(told).toEqual(['SIGTERM to 2', 'SIGTERM to 3'])
  await workers[1]?.ends()
  await workers[2]?.serves()
  await workers[2]?.ends()
  expect(await code).toBe(0)
  expect(pauses).toHaveLength(1)
})

test('a worker that dies while others are replaced is neither told to end nor waited for', async () => {
  const { signal, logged } = await supervised()
  await signal('SIGHUP')
  await workers[1]?.ends(null, 'SIGKILL')
  await workers[2]?.serves()
  await workers[0]?.ends()
  await workers[3]?.serves()
  expect(told).toEqual(['SIGTERM to 1'])
  expect(logged.at(-1)).toMatch(/"msg":"the workers were replaced"/)
})

test('a second signal ends the process at once', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as () => never)
  const { signal } = await supervised()
  await signal('SIGTERM')
  expect(exit).not.toHaveBeenCalled()
  await signal('SIGINT')
  expect(exit).toHaveBeenCalledWith(1)
})

test('the connection that a worker was passed last is closed with it', async () => {
  await supervised()
  const closed: string[] = []
  const handle = (name: string) => ({ close: () => void closed.push(name) })
  const [worker, other] = workers
  worker?.process.send({}, handle('first'))
  worker?.process.send({}, handle('second'))
  worker?.process.send({})
  other?.process.send({}, handle('of the other'))
  await worker?.ends(null, 'SIGKILL')
  expect(closed).toEqual(['second'])
})
