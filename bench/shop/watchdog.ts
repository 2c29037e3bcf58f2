import { spawn } from 'node:child_process'

/**
 * Ends a shop when this process is gone, kill -9 included: a shell waits for the end of a pipe that only this process holds open.
 * @param group the shop's process group
 * @returns lets the watchdog go, once the shop has ended
 */
export function watchBench(group: number): () => void {
  const watchdog = spawn(
    '/bin/sh',
    ['-c', 'read -r end; kill -TERM -- "-$1"', 'argyle-bench-watchdog', String(group)],
    {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  )
  watchdog.unref()
  return () => {
    watchdog.kill('SIGKILL')
  }
}
