import { rateLimited } from '@argyle/kit/errors'

/** Runs a piece of work in turn. Rejects with RATE_LIMITED at once if the queue is full. */
export type HashQueue = <T>(work: () => Promise<T>) => Promise<T>

/** One hash takes about 20 ms, so a full queue is empty well within this time. */
const RETRY_SECONDS = 2

/**
 * Limits the resources of password hashing: `atOnce` × 19 MiB, and `atOnce` of the thread pool's four
 * threads, which leaves the rest to the file system and DNS. Requests beyond the queue's limit are refused.
 */
export function hashQueue({
  atOnce = 2,
  waiting = 64,
}: {
  atOnce?: number
  waiting?: number
} = {}): HashQueue {
  let running = 0
  const turns: (() => void)[] = []
  return async (work) => {
    if (running < atOnce) running++
    else if (turns.length >= waiting) throw rateLimited(RETRY_SECONDS)
    else await new Promise<void>((resolve) => turns.push(resolve))
    try {
      return await work()
    } finally {
      // The next in the queue takes over this place, so `running` does not change.
      const next = turns.shift()
      if (next) next()
      else running--
    }
  }
}
