// Tested in workers.e2e.test.ts, too: the workers need processes.

import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../telemetry/log.ts'

/** Message of a worker that has begun to serve. */
export type ServingNotice = { readonly serving: string; readonly url: string }

/** Longest pause before a worker that ends repeatedly is started again. */
const MAX_PAUSE_MS = 10_000
/** Pause before a worker that ended is started again; it doubles with each that ends soon. */
const FIRST_PAUSE_MS = 100
/** Time of serving after which the end of a worker is no repetition of the last one. */
const STABLE_MS = 60_000

/**
 * The pause before a worker that ended is replaced.
 * @param last the pause before; 0: there was none.
 * @param servedMs how long the worker served; 0: it could not start.
 */
export function pauseAfter(last: number, servedMs: number): number {
  return last === 0 || servedMs >= STABLE_MS ? FIRST_PAUSE_MS : Math.min(last * 2, MAX_PAUSE_MS)
}

/**
 * Runs `count` processes that share one port, from the primary process. SIGHUP replaces them one by one: a
 * new one serves before an old one is told to end, and the old one answers the requests that have begun.
 * SIGTERM and SIGINT end all in this way.
 * @param after waits so many milliseconds.
 * @returns the exit code, when all have ended.
 */
export async function superviseWorkers(
  count: number,
  log: Log,
  after: (ms: number) => Promise<unknown> = sleep,
): Promise<number> {
  const stop = stopSignal()
  let stopping = false
  let pause = 0
  const serving = new Set<Worker>()
  /** They do not serve yet. */
  const starting = new Set<Worker>()

  const start = async (): Promise<ServingNotice | null> => {
    if (stopping) return null
    const worker = cluster.fork()
    starting.add(worker)
    endUntakenConnection(worker)
    const notice = await firstNotice(worker)
    starting.delete(worker)
    if (!notice) return null
    serving.add(worker)
    const since = performance.now()
    log.info({ worker: worker.process.pid }, 'a worker serves')
    worker.once('exit', (code, signal) => {
      if (!serving.delete(worker) || stopping) return
      pause = pauseAfter(pause, performance.now() - since)
      void replace(worker, code, signal)
    })
    return notice
  }
  const replace = async ({ process: { pid } }: Worker, code: number, signal: string) => {
    log.error({ worker: pid, code, signal, ms: pause }, 'a worker died; another one starts after a pause')
    await after(pause)
    while (!stopping && !(await start())) {
      pause = pauseAfter(pause, 0)
      await after(pause)
    }
  }
  const reload = async () => {
    pause = 0
    const old = [...serving]
    for (const worker of old) {
      if (!(await start())) {
        if (!stopping) log.error('a new worker failed to start: the old ones continue')
        return
      }
      await ended(worker, serving)
    }
    log.info({ workers: serving.size }, 'the workers were replaced')
  }

  // Without a listener, SIGHUP ends the process: one that arrives during the start waits for its end.
  const started = Promise.withResolvers<void>()
  let reloading = started.promise
  process.on('SIGHUP', () => {
    reloading = reloading.then(reload)
  })
  // A worker that is told to end during its start ends after it.
  const first = await start()
  if (!first) return 1
  await Promise.all(Array.from({ length: count - 1 }, start))
  started.resolve()
  console.log(`Supergraph ${first.serving} is served at ${first.url} by ${serving.size} processes`)
  await stop
  stopping = true
  await Promise.all([...serving, ...starting].map((worker) => ended(worker, serving)))
  return 0
}

/** Resolves at the first signal. A second one means that draining takes too long. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let told = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (told) process.exit(1)
        told = true
        resolve()
      })
    }
  })
}

/** Tells a worker to drain, and waits for its end. */
async function ended(worker: Worker, serving: Set<Worker>): Promise<void> {
  // Its end is intended, so it is not replaced.
  serving.delete(worker)
  if (worker.isDead()) return
  const exit = once(worker, 'exit')
  worker.process.kill('SIGTERM')
  await exit
}

/** Message of a worker once it serves; null if it ends before. */
function firstNotice(worker: Worker): Promise<ServingNotice | null> {
  return new Promise((resolve) => {
    worker.once('message', (notice: ServingNotice) => resolve(notice))
    worker.once('exit', () => resolve(null))
  })
}

/**
 * Closes the connection that was passed to a worker which ended before it accepted it. `node:cluster` passes
 * a worker one connection at a time, and keeps it open in this process until the worker confirms it. For a
 * dead worker it would wait for ever, and so would the client. Connections that the worker had accepted are
 * closed by the operating system.
 */
function endUntakenConnection(worker: Worker): void {
  const { process: child } = worker
  let handed: { close(): void } | null = null
  child.send = new Proxy(child.send, {
    apply(send, self, args: unknown[]) {
      const [, handle] = args
      if (isHandle(handle)) handed = handle
      return Reflect.apply(send, self, args)
    },
  })
  // If the worker had accepted it, this only closes a descriptor of this process.
  worker.once('exit', () => handed?.close())
}

function isHandle(value: unknown): value is { close(): void } {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function'
}
