import { type ChildProcess, spawn } from 'node:child_process'
import { searchPaths } from '../config.ts'

export type Started = {
  readonly child: ChildProcess
  readonly pid: number
  /** The end of its output, for messages. */
  output(): string
  stop(): Promise<void>
}

export type Program = {
  /** Arguments of `node`: options, the file, its arguments. */
  readonly args: readonly string[]
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  /** The cores for `taskset -c`; null: not pinned. */
  readonly cores: string | null
}

const STOP_MS = 5_000
const running = new Set<ChildProcess>()
// However the benchmark ends, its processes end too.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

/** Starts a program on this version of Node, with a channel for commands. */
export function startProcess({ args, folder, environment, cores }: Program): Started {
  const command = [process.execPath, ...args]
  const [file = '', ...rest] = cores === null ? command : ['taskset', '-c', cores, ...command]
  const child = spawn(file, rest, {
    cwd: folder,
    // Programs are configured by options; only the search paths of the environment are passed on.
    env: { ...searchPaths, NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_000)
    })
  }
  running.add(child)
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  }).then(() => void running.delete(child))
  return {
    child,
    pid: child.pid ?? 0,
    output: () => output,
    async stop() {
      child.kill('SIGTERM')
      const cut = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(cut)
    },
  }
}
