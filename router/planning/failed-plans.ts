import { LRUCache } from 'lru-cache'
import { OutsideFailure } from './outside.ts'
import type { Planner } from './planner.ts'
import { writeOperation } from './write-operation.ts'

type Failure = { readonly error: OutsideFailure; readonly until: number; readonly pauseMs: number }

/** Pause after the first failure; it doubles with each that follows. */
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 10 * 60_000

const REMEMBERED = 1_000
/** Characters of the operations that are remembered. */
const REMEMBERED_TEXT = 4_000_000

/**
 * Remembers the operations whose planning took more time or memory than it may, or ended the planner: until a pause is over, they
 * fail at once, without the planner. Other failures cost no more than a plan does.
 * @param now milliseconds.
 */
export function rememberingFailures(
  planner: Pick<Planner, 'plan' | 'close'>,
  now: () => number = () => performance.now(),
): Pick<Planner, 'plan' | 'close'> {
  const failures = new LRUCache<string, Failure>({
    max: REMEMBERED,
    maxSize: REMEMBERED_TEXT,
    sizeCalculation: (_, key) => key.length,
  })
  return {
    async plan(operation, overriding) {
      const keyOf = () => `${overriding.labels.join()} ${writeOperation(operation.definition)}`
      const failure = failures.size > 0 ? failures.get(keyOf()) : undefined
      if (failure && now() < failure.until) throw failure.error
      try {
        return await planner.plan(operation, overriding)
      } catch (error) {
        if (error instanceof OutsideFailure) {
          const pauseMs = failure ? Math.min(failure.pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS
          failures.set(keyOf(), { error, until: now() + pauseMs, pauseMs })
        }
        throw error
      }
    },
    close: () => planner.close(),
  }
}
