import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PostgresFailure } from './failure.ts'
import { readPostmaster } from './postmaster-file.ts'

/**
 * Stops a server that a killed parent left running on a cluster, so that a new one can start. Stopping takes
 * a tenth of a second and loses nothing; adopting the server would also keep its old settings and port.
 * @param pause waits so many milliseconds.
 * @throws PostgresFailure if it or one of its sessions does not stop within 30 s
 */
export async function stopLeftover(cluster: string, pause: Pause = sleep): Promise<void> {
  const left = readPostmaster(cluster)
  if (!left) return
  if (isServerOf(left.pid, cluster)) await stopServer(left.pid, pause)
  await sessionsEnd(cluster, pause)
  // A killed server leaves this file. PostgreSQL takes a zombie with that process id for a running server, and
  // after a reboot any other program.
  rmSync(path.join(cluster, 'postmaster.pid'), { force: true })
}

type Pause = (ms: number) => Promise<unknown>

/** Time between two looks at a server that stops, in milliseconds. */
const LOOK_MS = 10
/** Time that sessions of a killed server have to end, and between two looks at them, in milliseconds. */
const SESSIONS_MS = 30_000
const SESSIONS_LOOK_MS = 100

/**
 * Stops a server: first "fast", which ends sessions and loses nothing, then "immediate", after which the next
 * start runs recovery.
 * @param pause waits so many milliseconds.
 * @throws PostgresFailure if neither works
 */
export async function stopServer(pid: number, pause: Pause = sleep): Promise<void> {
  for (const [signal, seconds] of [
    ['SIGINT', 20],
    ['SIGQUIT', 10],
  ] as const) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    for (let waited = 0; waited < seconds * 1000; waited += LOOK_MS) {
      if (!isAlive(pid)) return
      await pause(LOOK_MS)
    }
  }
  throw new PostgresFailure(`the PostgreSQL server with process id ${pid} does not stop: end it by hand`)
}

/** Waits until the sessions of a killed server have ended, which may still write. Elsewhere than on Linux they are not found. */
async function sessionsEnd(cluster: string, pause: Pause): Promise<void> {
  for (let waited = 0; ; waited += SESSIONS_LOOK_MS) {
    const [session] = process.platform === 'linux' ? sessionsIn(realpathSync(cluster)) : []
    if (session === undefined) return
    if (waited >= SESSIONS_MS)
      throw new PostgresFailure(
        `process ${session} of a killed PostgreSQL server still uses ${cluster}: end it by hand`,
      )
    await pause(SESSIONS_LOOK_MS)
  }
}

function sessionsIn(cluster: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
      return name === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === cluster
    } catch {
      // It has ended, or belongs to another user.
      return false
    }
  })
}

/** Whether a process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch (error) {
    // EPERM: the process exists, but may not be signalled.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether the process is a server of this cluster, by its working directory. */
function isServerOf(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster)
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(cluster)
  } catch {
    return false
  }
}
