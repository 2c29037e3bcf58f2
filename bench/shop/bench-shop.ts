import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../../dev/repository.ts'
import { environmentWith } from '../config.ts'
import { BenchFailure } from '../failure.ts'
import type { Life } from '../life.ts'
import type { ProcessStat } from '../measure/proc-files.ts'
import { argumentsOf, isPostgres, processTree, stillRuns } from '../measure/processes.ts'
import { readBanner, type Told } from './banner-text.ts'
import { watchBench } from './watchdog.ts'

/** A whole shop in separate processes, on free ports of 127.0.0.1. */
export type BenchShop = Told & {
  /** The started process; all others of the shop are its descendants. */
  readonly pid: number
  readonly dataDir: string
  /** Its start time, on the clock of `performance.now()`. */
  readonly spawnedAt: number
  /** Its stderr so far. */
  readonly complaints: () => string
  /**
   * Stops the shop and waits until all its processes have ended; may be called twice.
   * @param keep false if nobody will use its data again, which is faster
   */
  stop(keep?: boolean): Promise<void>
}

export type Start = {
  readonly dataDir: string
  /** `npm start`, or the same without npm. */
  readonly command?: 'npm' | 'node'
  readonly nodeOptions?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** A folder for one run, deleted at its end. */
export function temporaryFolder(life: Life): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'argyle-bench-'))
  life.own(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * Starts the shop with the demo data as a user does, and waits until it is ready.
 * @throws BenchFailure with its output if it ends instead
 */
export async function startBenchShop(start: Start, life: Life): Promise<BenchShop> {
  life.signal.throwIfAborted()
  const { command = 'node', nodeOptions = [], dataDir, environment = {} } = start
  const args = ['--data', dataDir, '--size', 'demo', '--port', '0', '--subgraph-port-base', '0']
  const [program, ...before] =
    command === 'npm' ? ['npm', 'start', '--'] : [process.execPath, ...nodeOptions, 'dev/start.ts']
  const spawnedAt = performance.now()
  // A separate process group: ctrl-c reaches only this process, which then stops the shop in order.
  const child = spawn(program ?? '', [...before, ...args], {
    cwd: root,
    env: environmentWith(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const complaints = collect(child, 'stderr')
  const { pid } = child
  if (pid === undefined) throw new BenchFailure(`${program} cannot be started`)
  const unwatch = watchBench(pid, dataDir)
  const stop = async (keep = true) => {
    await end(child, pid, keep)
    unwatch()
  }
  life.own(() => stop(false))
  const told = await ready(child, complaints)
  return { ...told, pid, dataDir, spawnedAt, complaints, stop }
}

async function ready(child: ChildProcess, complaints: () => string): Promise<Told> {
  const output = collect(child, 'stdout')
  for (;;) {
    const told = readBanner(output())
    if (told) return told
    if (hasEnded(child))
      throw new BenchFailure(`the shop did not start:\n${output()}${complaints()}`.trimEnd())
    // Without the listeners of the one that did not come.
    const either = new AbortController()
    const { signal } = either
    await Promise.race([once(child.stdout ?? child, 'data', { signal }), once(child, 'exit', { signal })])
    either.abort()
  }
}

function collect(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let text = ''
  child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

/** Time limit for a shop to stop. A checkpoint of newly filled databases takes long on a slow disk. */
const PATIENCE_MS = { keeping: 60_000, discarding: 10_000 } as const

/**
 * Stops a shop by its processes' ids, npm and its shell last, since they die of the signal without forwarding
 * it. Processes that remain after a while are killed.
 * @param keep whether its data must be complete on disk; otherwise PostgreSQL skips the checkpoint
 */
async function end(child: ChildProcess, pid: number, keep: boolean): Promise<void> {
  const shop = processTree(pid).find((one) => argumentsOf(one.pid).includes('dev/start.ts'))
  // Without /proc, signal the shop's whole process group.
  signal(shop?.pid ?? -pid, 'SIGTERM')
  const known = new Map<number, ProcessStat>()
  const deadline = performance.now() + PATIENCE_MS[keep ? 'keeping' : 'discarding']
  for (;;) {
    // A shop that is stopped during its start may still start PostgreSQL.
    for (const one of processTree(pid)) {
      const isServer = isPostgres(one.program) && one.parent === shop?.pid
      if (isServer && !keep && !known.has(one.pid)) signal(one.pid, 'SIGQUIT')
      known.set(one.pid, one)
    }
    const left = [...known.values()].filter(stillRuns)
    if (left.length === 0 && hasEnded(child) && !signal(-pid, 0)) return
    if (performance.now() > deadline) {
      for (const one of left) signal(one.pid, 'SIGKILL')
      signal(-pid, 'SIGKILL')
      return
    }
    await sleep(20)
  }
}

/** @returns whether the process existed */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}
