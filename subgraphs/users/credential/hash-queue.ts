import { rateLimited } from '@argyle/kit/errors'

/** Runs one piece of work when its turn comes. Rejects with RATE_LIMITED at once when too many wait. */
export type HashQueue = <T>(work: () => Promise<T>) => Promise<T>

/** A turn takes about 20 ms, so a full queue is empty again well within this. */
const RETRY_SECONDS = 2

/**
 * Bounds what password hashing takes of the process: `atOnce` × 19 MiB and as many of the thread pool's four threads;
 * the rest of the pool is left to the file system and to DNS. A flood is refused, not queued without end.
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
      // The next in line takes over this place, so `running` stays as it is.
      const next = turns.shift()
      if (next) next()
      else running--
    }
  }
}
