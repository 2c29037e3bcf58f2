import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/** The module that a watched process loads (`node --expose-gc --import`), with an IPC channel. */
export const TURN_PROBE = new URL('turn-probe.mjs', import.meta.url).href

/** One observation of a process. */
export type Observation = {
  /**
   * Longest turn of the event loop since `watch()`: CPU time of the main thread, as a multiple of the time for
   * which the same process parses 1 MB of JSON. 0 before the first `watch()`.
   */
  readonly longestTurn: number
  /** Resident set size, in bytes. */
  readonly rssBytes: number
  /** Bytes of JavaScript objects and buffers; the resident set also includes free pages of V8 and malloc. */
  readonly heldBytes: number
}

/** A process that is watched from another one. */
export type Watched = {
  /** Starts measuring turns and discards earlier measurements. */
  watch(): Promise<void>
  observe(): Promise<Observation>
  /** Collects garbage twice, then observes, so that only memory in use counts. */
  settle(): Promise<Observation>
  /** Largest resident set since the start, in bytes (`VmHWM` of /proc); 0 on systems without /proc. */
  peakRssBytes(): Promise<number>
}

type Command = 'watch' | 'unwatch' | 'collect' | 'observe'

export function watched(child: ChildProcess): Watched {
  const ask = (command: Command) => send(child, command)
  return {
    watch: async () => void (await ask('watch')),
    observe: () => ask('observe'),
    async settle() {
      await ask('unwatch')
      await ask('collect')
      return ask('collect')
    },
    peakRssBytes: () => peakOf(child.pid),
  }
}

let lastId = 0

function send(child: ChildProcess, command: Command): Promise<Observation> {
  const id = ++lastId
  return new Promise((resolve, reject) => {
    const hear = (message: Observation & { readonly id: number }) => {
      if (message.id !== id) return
      settle()
      resolve(message)
    }
    const gone = () => {
      settle()
      reject(new Error(`the process ended before it answered ${command}`))
    }
    const settle = () => {
      child.off('message', hear)
      child.off('exit', gone)
    }
    child.on('message', hear)
    child.on('exit', gone)
    child.send({ id, command }, (error) => error && gone())
  })
}

async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? []
  return Number(kilobytes) * 1_024
}
