// Tested in hot-swap.e2e.test.ts: a change is seen by the router.

import { type Stats, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { Log } from '../telemetry/log.ts'
import { messageOf } from '../usage-error.ts'
import type { WorkerAnswer } from './read-worker.ts'
import { type LoadedSupergraph, supergraphId, supergraphOf } from './supergraph.ts'
import { filesOf } from './supergraph-yaml.ts'

type Watching = {
  /** The supergraph's file, as for `readSdl`. */
  readonly file: string
  /** The files of the supergraph that serves. */
  readonly files: readonly string[]
  readonly servingId: string
  /** When these files were read, in milliseconds since the epoch. */
  readonly readAt: number
  readonly log: Log
  /** Serves a new supergraph. The old one serves until then. */
  readonly swap: (supergraph: LoadedSupergraph) => Promise<void>
}

/**
 * Interval of polling, which detects changes without notifications: mounted volumes, replaced links, editors
 * that write a new file.
 */
const POLL_MS = 400
/** Time within which several saved files are one change. */
const SETTLE_MS = 100
/** A file's time is that of the kernel's last tick, at most 10 ms before the time of `Date.now()`. */
const TICK_MS = 10

/** Whether a file has other contents, as far as its state shows: reading it changes the state, too. */
export function isChanged(now: Stats, before: Stats): boolean {
  return now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino
}

/**
 * Watches the files of a supergraph. A changed supergraph is read, composed and built in a worker thread,
 * passed as data, and swapped in. Errors are logged, and the old supergraph continues to serve.
 * @returns stops watching.
 */
export function watchSupergraph({
  file,
  files,
  servingId,
  readAt,
  log,
  swap,
}: Watching): () => Promise<void> {
  /** The state of each file at the last look; null: it is missing, or cannot be read. */
  const seen = new Map<string, Stats | null>()
  let serving = servingId
  let settling: NodeJS.Timeout | undefined
  let reading: Promise<void> | null = null
  let changedMeanwhile = false
  let stopped = false

  const look = async () => {
    for (const [path, before] of seen) {
      const now = await stat(path).catch(() => null)
      if (stopped || !seen.has(path)) continue
      seen.set(path, now)
      if (now === null ? before === null : before !== null && !isChanged(now, before)) continue
      clearTimeout(settling)
      settling = setTimeout(changed, SETTLE_MS)
    }
    if (!stopped) polling = setTimeout(look, POLL_MS)
  }
  // A file that stays watched keeps its state: what was saved since the last look is noticed by the next.
  const watch = (next: readonly string[], since: number) => {
    for (const path of seen.keys()) if (!next.includes(path)) seen.delete(path)
    for (const path of next) {
      // A name with a NUL character is refused with an error, and no file has it.
      if (seen.has(path) || path.includes('\0')) continue
      const state = stateOf(path)
      seen.set(path, state)
      if (state && state.mtimeMs + TICK_MS >= since) changed()
    }
  }
  const changed = () => {
    changedMeanwhile = true
    reading ??= readChanges().finally(() => {
      reading = null
    })
  }
  const readChanges = async () => {
    while (changedMeanwhile && !stopped) {
      changedMeanwhile = false
      const started = Date.now()
      const answer = await readInWorker(file).catch((error) => ({
        ok: false as const,
        message: messageOf(error),
      }))
      if (stopped) return
      await take(answer, started)
    }
  }
  const refuse = (reason: string) =>
    log.error(
      { supergraph: serving, reason },
      'a changed supergraph was rejected: the previous one stays in use',
    )
  const take = async (answer: WorkerAnswer, since: number) => {
    if (!answer.ok) {
      watch([...seen.keys(), ...filesOf(file)], since)
      return refuse(answer.message)
    }
    watch(answer.files, since)
    if (supergraphId(answer.data.sdl) === serving) return
    try {
      const supergraph = supergraphOf(answer.data)
      await swap(supergraph)
      log.info({ supergraph: supergraph.id, before: serving }, 'a changed supergraph is now in use')
      serving = supergraph.id
    } catch (error) {
      refuse(messageOf(error))
    }
  }

  watch(files, readAt)
  let polling = setTimeout(look, POLL_MS)
  return async () => {
    stopped = true
    clearTimeout(settling)
    clearTimeout(polling)
    await reading
  }
}

/** Null: the file is missing, its name is too long, or its folder may not be read. The supergraph is refused for the same reason. */
function stateOf(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

function readInWorker(file: string): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./read-worker.ts', import.meta.url), { workerData: file })
    worker.once('message', (answer: WorkerAnswer) => {
      resolve(answer)
      void worker.terminate()
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the worker ended without an answer')))
  })
}
