import type { ChildProcess } from 'node:child_process'
import type { Worker } from 'node:worker_threads'

/** Somewhere else that answers messages: a thread or a process. */
export type Channel = {
  send(message: object): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, however it ends. */
  onEnd(listener: (reason: string) => void): void
  /** Whether it keeps this process alive. */
  hold(held: boolean): void
  end(): void
}

export type Answer<Value> =
  | { readonly id: number; readonly value: Value }
  | { readonly id: number; readonly error: string }

/** Said of what did not answer: that it ended, or took too long. */
export class OutsideFailure extends Error {
  override readonly name = 'OutsideFailure'
}

export type Outside<Value> = {
  /** @throws OutsideFailure, or the error that was answered. */
  ask(question: object): Promise<Value>
  close(): void
}

type Waiting<Value> = {
  readonly resolve: (value: Value) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

type Open<Value> = { readonly channel: Channel; readonly waiting: Map<number, Waiting<Value>> }

/**
 * Asks what runs elsewhere. It starts with the first question, and again after it broke; once closed, it lives as long
 * as someone waits, and starts again for whoever still comes.
 * @param timeMs what has not answered by then is ended.
 */
export function outside<Value>(start: () => Channel, timeMs: number): Outside<Value> {
  let current: Open<Value> | null = null
  let closed = false
  let asked = 0
  const endIfIdle = (open: Open<Value>) => {
    if (open.waiting.size > 0) return
    open.channel.hold(false)
    if (!closed) return
    if (current === open) current = null
    open.channel.end()
  }
  const opened = (): Open<Value> => {
    const open: Open<Value> = { channel: start(), waiting: new Map() }
    open.channel.onMessage((message) => {
      // The other end is ours, and sends nothing else.
      settle(open, message as Answer<Value>)
      endIfIdle(open)
    })
    open.channel.onEnd((reason) => {
      if (current === open) current = null
      for (const { reject, timer } of open.waiting.values()) {
        clearTimeout(timer)
        reject(new OutsideFailure(reason))
      }
      open.waiting.clear()
    })
    return open
  }
  return {
    ask(question) {
      current ??= opened()
      const { channel, waiting } = current
      return new Promise((resolve, reject) => {
        const id = asked++
        waiting.set(id, { resolve, reject, timer: setTimeout(() => channel.end(), timeMs) })
        channel.hold(true)
        channel.send({ ...question, id })
      })
    },
    close() {
      closed = true
      if (current) endIfIdle(current)
    },
  }
}

function settle<Value>({ waiting }: Open<Value>, answer: Answer<Value>): void {
  const asker = waiting.get(answer.id)
  waiting.delete(answer.id)
  if (!asker) return
  clearTimeout(asker.timer)
  if ('error' in answer) asker.reject(new Error(answer.error))
  else asker.resolve(answer.value)
}

export function threadChannel(worker: Worker): Channel {
  return {
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', listener),
    onEnd(listener) {
      worker.on('error', (error) => listener(String(error)))
      worker.on('exit', () => listener('the thread has ended'))
    },
    hold: (held) => (held ? worker.ref() : worker.unref()),
    end: () => void worker.terminate(),
  }
}

export function processChannel(child: ChildProcess): Channel {
  return {
    send: (message) => void child.send(message),
    onMessage: (listener) => void child.on('message', listener),
    onEnd(listener) {
      child.on('error', (error) => listener(String(error)))
      child.on('exit', (code, signal) => listener(`the process has ended: ${signal ?? code}`))
    },
    hold(held) {
      if (held) child.ref()
      else child.unref()
      // A child process keeps its parent alive by itself and by the channel to it.
      if (held) child.channel?.ref()
      else child.channel?.unref()
    },
    end: () => void child.kill('SIGKILL'),
  }
}
