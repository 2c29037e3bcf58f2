import { spawn } from 'node:child_process'

/** Ends child processes when this process ends, kill -9 included. */
export type Watchdog = {
  /** @param pid a running child */
  watch(pid: number): void
  /** @param pid a child that has ended */
  forget(pid: number): void
  close(): void
}

const SCRIPT = `
pids=" "
while read -r sign pid; do
  if [ "$sign" = + ]; then pids="$pids$pid "; else pids=$(printf '%s' "$pids" | sed "s/ $pid / /"); fi
done
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done`

/** Starts a shell that reads process ids from a pipe, and kills them when this process no longer holds the pipe open. */
export function startWatchdog(): Watchdog {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'argyle-stack-watchdog'], {
    // A process group of its own, so that ctrl-c does not reach it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
  })
  shell.unref()
  shell.stdin.on('error', () => {})
  return {
    watch: (pid) => void shell.stdin.write(`+ ${pid}\n`),
    forget: (pid) => void shell.stdin.write(`- ${pid}\n`),
    close: () => shell.stdin.end(),
  }
}
