import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../../dev/repository.ts'
import { freePorts } from '../../dev/stack/free-ports.ts'
import { environmentWith, type Servers } from '../config.ts'
import { BenchFailure } from '../failure.ts'
import type { Life } from '../life.ts'
import type { ProcessStat } from '../measure/proc-files.ts'
import { argumentsOf, isPostgres, processTree, stillRuns } from '../measure/processes.ts'
import { type Banner, readBanner, readStackBanner } from './banner-text.ts'
import { watchBench } from './watchdog.ts'

/** A whole shop in separate processes, on free ports of 127.0.0.1. */
export type BenchShop = Running & Banner

/** A shop, however it was started. */
export type Running = {
  /** The router's endpoint. */
  readonly url: URL
  /** The started process; all others of the shop are its descendants. */
  readonly pid: number
  readonly dataDir: string
  /** The PostgreSQL server, by one of its databases; the one in the data folder by default. */
  readonly postgresUrl?: string | undefined
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
    command === 'npm' ? ['npm', 'start', '--'] : [process.execPath, ...nodeOptions, EMBEDDED]
  const words = [program ?? '', ...before, ...args]
  return launch({ words, script: EMBEDDED, dataDir, environment, read: readBanner }, life)
}

/**
 * Starts the shop as processes of its own, as `npm run stack` does: on a private PostgreSQL and a private NATS, or on those that
 * DATABASE_URL and EVENT_BUS name.
 * @throws BenchFailure with its output if it ends instead
 */
export async function startBenchStack(
  { dataDir, instances, servers }: { dataDir: string; instances: number; servers: Servers | null },
  life: Life,
): Promise<Running> {
  life.signal.throwIfAborted()
  const [port, gatewayPort] = await freePorts(2)
  const named = servers ? ['--postgres', servers.postgres, '--nats', servers.nats] : ['--private']
  const words = [
    ...[process.execPath, STACK, '--data', dataDir, '--size', 'demo', '--instances', String(instances)],
    ...['--port', String(port), '--gateway-port', String(gatewayPort), ...named],
  ]
  const running = await launch(
    { words, script: STACK, dataDir, environment: {}, read: readStackBanner },
    life,
  )
  return { ...running, postgresUrl: servers?.postgres }
}

const EMBEDDED = 'dev/start.ts'
const STACK = 'dev/stack.ts'

type Launch<T> = {
  readonly words: readonly string[]
  /** The script whose process stops the shop in order. */
  readonly script: string
  readonly dataDir: string
  readonly environment: Readonly<Record<string, string>>
  readonly read: (output: string) => T | null
}

async function launch<T>({ words, script, dataDir, environment, read }: Launch<T>, life: Life) {
  const [program = '', ...args] = words
  const spawnedAt = performance.now()
  // A separate process group: ctrl-c reaches only this process, which then stops the shop in order.
  const child = spawn(program, args, {
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
    await end({ child, pid, script }, keep)
    unwatch()
  }
  life.own(() => stop(false))
  const printed = await ready(child, complaints, read)
  return { ...printed, pid, dataDir, spawnedAt, complaints, stop }
}

async function ready<T>(
  child: ChildProcess,
  complaints: () => string,
  read: (output: string) => T | null,
): Promise<T> {
  const output = collect(child, 'stdout')
  for (;;) {
    const printed = read(output())
    if (printed) return printed
    if (hasEnded(child))
      throw new BenchFailure(`the shop did not start:\n${output()}${complaints()}`.trimEnd())
    // Removes the listeners of the event that did not occur.
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

type Ending = { readonly child: ChildProcess; readonly pid: number; readonly script: string }

/**
 * Stops a shop by its processes' ids, npm and its shell last, since they die of the signal without forwarding
 * it. Processes that remain after a while are killed.
 * @param keep whether its data must be complete on disk; otherwise PostgreSQL skips the checkpoint
 */
async function end({ child, pid, script }: Ending, keep: boolean): Promise<void> {
  const shop = processTree(pid).find((one) => argumentsOf(one.pid).includes(script))
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
