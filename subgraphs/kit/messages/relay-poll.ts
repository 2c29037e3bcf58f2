/**
 * Number of polls after which a relay that is notified looks for rows, since other processes may have died.
 */
const POLLS_OF_QUIET = 5

type Poll = {
  /** Polls since the last look, with this one. */
  readonly polls: number
  readonly isNotified: boolean
  /** When the last refused row is due, and now, in milliseconds. */
  readonly retryAt: number
  readonly now: number
  readonly pollMs: number
}

/** Whether a poll looks for rows. */
export function shouldPoll({ polls, isNotified, retryAt, now, pollMs }: Poll): boolean {
  return !isNotified || now <= retryAt + pollMs || polls >= POLLS_OF_QUIET
}

/** Longest pause before a refused message is published again. */
const MAX_BACKOFF_SECONDS = 60

/** The pause before the next attempt: 0.1 s, 0.2 s, 0.4 s … up to a minute. */
export function backoffSeconds(attempts: number): number {
  return Math.min(0.1 * 2 ** (attempts - 1), MAX_BACKOFF_SECONDS)
}

/** Longest pause before a lost connection is opened again. */
const MAX_RECONNECT_MS = 10_000

/** The pause after this many failed attempts to connect: 0.1 s, 0.2 s, 0.4 s … up to 10 s. */
export function reconnectMs(attempts: number): number {
  return Math.min(100 * 2 ** attempts, MAX_RECONNECT_MS)
}
