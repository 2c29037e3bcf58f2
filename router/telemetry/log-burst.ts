import type { Log } from './log.ts'

/** Milliseconds without an event after which the next one begins another burst. */
const QUIET_MS = 10_000

/**
 * Logs events that strangers can cause at will: the first event of a burst, not each of a million.
 * @returns called for each event; the first line of the next burst has the number of events that were not
 * logged.
 */
export function logBursts(log: Log, message: string, now = () => performance.now()) {
  let last = Number.NEGATIVE_INFINITY
  let unlogged = 0
  return (details: Readonly<Record<string, unknown>> = {}): void => {
    const isFirst = now() - last > QUIET_MS
    last = now()
    if (isFirst) {
      log.warn({ ...details, unlogged }, message)
      unlogged = 0
    } else unlogged++
  }
}
