import { spawn } from 'node:child_process'

/** PostgreSQL may be writing for a while; after so many seconds the folder is removed all the same. */
const SCRIPT =
  'read -r end; kill -TERM -- "-$1"; n=0; while kill -0 -- "-$1" 2>/dev/null && [ $n -lt 60 ]; do sleep 1; n=$((n+1)); done; rm -rf -- "$2"'

/**
 * Ends a shop and removes its data when this process is gone, kill -9 included: a shell waits for the end of a pipe that only this
 * process holds open.
 * @param group the shop's process group
 * @returns lets the watchdog go, once the shop has ended
 */
export function watchBench(group: number, dataDir: string): () => void {
  const watchdog = spawn('/bin/sh', ['-c', SCRIPT, 'argyle-bench-watchdog', String(group), dataDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.unref()
  return () => {
    watchdog.kill('SIGKILL')
  }
}
