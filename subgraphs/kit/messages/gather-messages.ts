import type { Envelope } from './envelope.ts'

/**
 * Maximum number of messages that are handled in one transaction. A relay publishes as many events concurrently, and a replica handles as
 * many messages of JetStream concurrently. With fewer, no batch would be full, and each would wait for the end of its window.
 */
export const MAX_GATHERED = 64

type Waiting = {
  readonly envelope: Envelope
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

type GatherOptions = {
  /** Longest time in milliseconds that a message waits for others. */
  readonly windowMs: number
  /** Handles messages in one transaction: all of them, or none if it rejects. */
  readonly handleAll: (messages: readonly Envelope[]) => Promise<void>
  /** Handles a message of a batch that failed. It may have been handled before. */
  readonly handleOne: (message: Envelope) => Promise<void>
  /** Whether a batch failed for a reason that each of its messages would fail for. */
  readonly isFailureOfAll: (error: unknown) => boolean
}

/**
 * Collects messages for `windowMs`, or until there are `MAX_GATHERED`, and handles them in one transaction. One batch is handled
 * at a time. If a batch fails, its messages are handled one by one, so that one of them does not hold up the others.
 * @returns handles a message; settles when it has been handled, or has failed
 */
export function gatherMessages(options: GatherOptions): (envelope: Envelope) => Promise<void> {
  const { windowMs, handleAll, handleOne, isFailureOfAll } = options
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined
  let last: Promise<void> = Promise.resolve()

  async function settle(batch: readonly Waiting[]): Promise<void> {
    try {
      await handleAll(batch.map(({ envelope }) => envelope))
    } catch (error) {
      if (isFailureOfAll(error)) for (const { reject } of batch) reject(error)
      else
        await Promise.all(
          batch.map(({ envelope, resolve, reject }) => handleOne(envelope).then(resolve, reject)),
        )
      return
    }
    for (const { resolve } of batch) resolve()
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting
    waiting = []
    last = last.then(() => settle(batch))
  }

  return (envelope) =>
    new Promise((resolve, reject) => {
      waiting.push({ envelope, resolve, reject })
      if (waiting.length === MAX_GATHERED) flush()
      else timer ??= setTimeout(flush, windowMs)
    })
}
