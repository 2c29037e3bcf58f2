import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Settings } from '@argyle/kit/config'
import { root } from '../repository.ts'
import type { Watchdog } from './watchdog.ts'

export type ProgramSpec = {
  /** Unique in the stack: `orders-2`. */
  readonly name: string
  /** The subgraph or server that it is an instance of: `orders`. */
  readonly service: string
  /** The executable; the running Node by default. */
  readonly file?: string
  readonly args: readonly string[]
  readonly env: Settings
  /** TCP port of 127.0.0.1 that it listens on. */
  readonly port: number
}

/** A process that is started again whenever it ends, as a container with `restart: unless-stopped`. */
export type Program = ProgramSpec & {
  /** Undefined while no process runs. */
  pid(): number | undefined
  /** Number of unexpected ends of the process. */
  ends(): number
  /** Whether the running process has settings of its own. */
  hasOwnSettings(): boolean
  /** SIGKILL, and starts it again after a while. @param env settings of the next process only */
  kill(downMs: number, env?: Settings): void
  /** @returns whether there was a process to signal */
  signal(signal: NodeJS.Signals): boolean
  /** SIGTERM; SIGKILL when it has not ended in time. It is not started again. */
  stop(): Promise<void>
  readonly log: string
}

type Place = {
  readonly logs: string
  readonly watchdog: Watchdog
  /** Called when a process ends without being stopped. */
  readonly onEnd: (program: Program, how: string) => void
}

const FIRST_PAUSE_MS = 200
const MAX_PAUSE_MS = 5_000
/** After a process has run for longer than this, its pauses begin with the first again. */
const STEADY_MS = 10_000
const STOP_MS = 10_000
/** Size from which the log file of a previous process is renamed, replacing the one renamed before. */
const MAX_LOG = 10 * 1024 * 1024

/** Starts a program under supervision. */
export function superviseProgram(spec: ProgramSpec, { logs, watchdog, onEnd }: Place): Program {
  const log = path.join(logs, `${spec.name}.log`)
  mkdirSync(logs, { recursive: true })
  let child: ChildProcess | null = null
  let ended: Promise<unknown> = Promise.resolve()
  let restart: NodeJS.Timeout | undefined
  let ends = 0
  let pauseMs = FIRST_PAUSE_MS
  let isWanted = true
  let own: Settings | undefined
  let next: { readonly downMs: number; readonly env: Settings | undefined } | null = null

  function launch(env?: Settings): void {
    own = env
    const output = openLog(log)
    const started = performance.now()
    const running = spawn(spec.file ?? process.execPath, spec.args, {
      cwd: root,
      env: { ...spec.env, ...env },
      stdio: ['ignore', output, output],
    })
    closeSync(output)
    child = running
    if (running.pid) watchdog.watch(running.pid)
    const over = Promise.withResolvers<void>()
    ended = over.promise
    const end = (how: string) => {
      if (child !== running) return
      child = null
      if (running.pid) watchdog.forget(running.pid)
      over.resolve()
      if (!isWanted) return
      ends++
      onEnd(program, how)
      const planned = next
      next = null
      if (planned) {
        restart = setTimeout(() => launch(planned.env), planned.downMs)
        return
      }
      if (performance.now() - started > STEADY_MS) pauseMs = FIRST_PAUSE_MS
      restart = setTimeout(() => launch(), pauseMs)
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)
    }
    running.once('exit', (code, signal) => end(signal ?? `exit code ${code}`))
    running.once('error', (error) => end(error.message))
  }

  const program: Program = {
    ...spec,
    log,
    pid: () => child?.pid,
    ends: () => ends,
    hasOwnSettings: () => own !== undefined,
    kill(downMs, env) {
      if (!child) return
      next = { downMs, env }
      child.kill('SIGKILL')
    },
    signal: (signal) => child?.kill(signal) ?? false,
    async stop() {
      isWanted = false
      clearTimeout(restart)
      const running = child
      if (!running) return
      // A stopped process (SIGSTOP) does not handle SIGTERM.
      running.kill('SIGCONT')
      running.kill('SIGTERM')
      const late = setTimeout(() => running.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(late)
    },
  }
  launch()
  return program
}

function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > MAX_LOG) renameSync(file, `${file}.1`)
  return openSync(file, 'a')
}
