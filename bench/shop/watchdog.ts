import { spawn } from 'node:child_process'

/** PostgreSQL may write for a while; after this many seconds the folder is removed anyway. */
const SCRIPT =
  'read -r end; kill -TERM -- "-$1"; n=0; while kill -0 -- "-$1" 2>/dev/null && [ $n -lt 60 ]; do sleep 1; n=$((n+1)); done; rm -rf -- "$2"'

/**
 * Stops a shop and removes its data when this process ends, kill -9 included: a shell waits for the end of a
 * pipe that only this process holds open.
 * @param group the shop's process group
 * @returns stops the watchdog, once the shop has ended
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
