import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** @param ranOut whether it may have ended because its memory is bounded. */
type OnEnd = (reason: string, ranOut: boolean) => void

/** A process that answers messages, one after the other. */
export type Channel = {
  send(message: object): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, however it ends. */
  onEnd(listener: OnEnd): void
  /** Whether it keeps this process alive. */
  hold(held: boolean): void
  /** Memory that it has now, in bytes; null where that is not known. */
  memory(): number | null
  end(): void
}

/** @param ranOutBy signals that end it where memory is short; a planner of Rust ends by SIGABRT for other reasons. */
export function processChannel(child: ChildProcess, ranOutBy: readonly NodeJS.Signals[]): Channel {
  return {
    // A process that has just ended takes nothing; its end is told by itself.
    send: (message) => void child.send(message, () => {}),
    onMessage: (listener) => void child.on('message', listener),
    onEnd(listener) {
      const once = onlyOnce(listener)
      child.on('error', (error) => once(String(error), false))
      child.on('exit', (code, signal) =>
        once(`the process has ended: ${signal ?? code}`, signal !== null && ranOutBy.includes(signal)),
      )
    },
    hold(held) {
      if (held) child.ref()
      else child.unref()
      // A child process keeps its parent alive by itself and by the channel to it.
      if (held) child.channel?.ref()
      else child.channel?.unref()
    },
    memory: () => residentBytes(child.pid),
    end: () => void child.kill('SIGKILL'),
  }
}

function onlyOnce(listener: OnEnd): OnEnd {
  let isTold = false
  return (reason, ranOut) => {
    if (!isTold) listener(reason, ranOut)
    isTold = true
  }
}

/** Linux tells it in /proc; null on other systems, where time alone bounds a planner. */
function residentBytes(pid: number | undefined): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? null : Number(kilobytes) * 1_024
  } catch {
    return null
  }
}
