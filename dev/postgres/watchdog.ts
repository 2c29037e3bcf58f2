import { type ChildProcess, spawn } from 'node:child_process'
import type { Account } from './account.ts'

/**
 * Stops the server and removes its socket folder when this process ends, kill -9 included: a shell waits for
 * the end of a pipe that only this process holds open. It has its own process group, so that ctrl-c does not
 * reach it.
 * @returns the watchdog; kill it (SIGKILL) when the server has stopped, or it would signal an unrelated
 * process
 */
export function watchParent(
  serverPid: number,
  socketFolder: string,
  account: Account | undefined,
): ChildProcess {
  const script =
    'read -r end; kill -INT "$1"; while kill -0 "$1" 2>/dev/null; do sleep 1; done; rmdir "$2" 2>/dev/null'
  const watchdog = spawn('/bin/sh', ['-c', script, 'argyle-watchdog', String(serverPid), socketFolder], {
    ...account,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
  })
  watchdog.unref()
  return watchdog
}
