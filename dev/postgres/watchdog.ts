import { type ChildProcess, spawn } from 'node:child_process'
import type { Account } from './account.ts'

/**
 * Stops the server when this process ends, kill -9 included: a shell waits for the end of a pipe that only this process
 * holds open. In a process group of its own, so that ctrl-c in a terminal does not reach it.
 * @returns the watchdog; end it (SIGKILL) when the server has stopped, or it would signal a stranger's process id
 */
export function watchParent(serverPid: number, account: Account | undefined): ChildProcess {
  const script = 'read -r end; kill -INT "$1"'
  const watchdog = spawn('/bin/sh', ['-c', script, 'argyle-watchdog', String(serverPid)], {
    ...account,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  })
  watchdog.unref()
  return watchdog
}
