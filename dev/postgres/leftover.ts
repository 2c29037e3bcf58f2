import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PostgresFailure } from './failure.ts'
import { readPostmaster } from './postmaster-file.ts'

/**
 * Stops the server that a killed parent left running on a cluster, so that a new one can start; does nothing when there
 * is none. Stopping takes a tenth of a second and keeps everything; adopting would keep the old settings and port too.
 * @throws PostgresFailure when it does not stop within 30 s
 */
export async function stopLeftover(cluster: string): Promise<void> {
  const left = readPostmaster(cluster)
  if (!left) return
  if (!isServerOf(left.pid, cluster)) {
    // After a reboot the pid may be another program's, and PostgreSQL would take that for a server of its own.
    rmSync(path.join(cluster, 'postmaster.pid'), { force: true })
    return
  }
  await stopServer(left.pid)
}

/**
 * Stops a server: "fast", which ends sessions and keeps everything, then "immediate", which the next start recovers from.
 * @throws PostgresFailure when neither works
 */
export async function stopServer(pid: number): Promise<void> {
  for (const [signal, seconds] of [
    ['SIGINT', 20],
    ['SIGQUIT', 10],
  ] as const) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    for (let waited = 0; waited < seconds * 1000; waited += 10) {
      if (!isAlive(pid)) return
      await sleep(10)
    }
  }
  throw new PostgresFailure(`the PostgreSQL server with process id ${pid} does not stop: end it by hand`)
}

/** Whether a process runs; one that has ended, but that nobody has reaped, does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch (error) {
    // The signal may not be sent, but there is somebody who could get it.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether the process is a server of this cluster: a server works in its data folder. */
function isServerOf(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster)
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(cluster)
  } catch {
    return false
  }
}
