/** Outcome of one try to hand a message to a channel. */
export type Outcome =
  | { readonly type: 'sent' }
  /** It may work later: the server is not there, or asks for patience. */
  | { readonly type: 'later'; readonly reason: string }
  /** It will not work by trying again. */
  | { readonly type: 'refused'; readonly reason: string; readonly stopsAddress?: boolean }
  /** The channel is not set up. */
  | { readonly type: 'suppressed'; readonly reason: string }

/** Tries of one message; at the pauses below they take most of a day. */
export const MOST_ATTEMPTS = 10
const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 6 * 3_600_000

/** The pause after a try in vain: 10 s, 40 s, 160 s … up to 6 hours. */
export function pauseMs(attempts: number): number {
  return Math.min(FIRST_PAUSE_MS * 4 ** (attempts - 1), LONGEST_PAUSE_MS)
}

/** Where a message stands after a try. `attempts` counts this one. */
export type Standing = {
  readonly status: 'QUEUED' | 'SENT' | 'FAILED' | 'SUPPRESSED'
  readonly availableAt: Date
  readonly sentAt: Date | null
  readonly lastError: string | null
}

export function afterTry(outcome: Outcome, attempts: number, now: Date): Standing {
  const standing = { availableAt: now, sentAt: null }
  switch (outcome.type) {
    case 'sent':
      return { ...standing, status: 'SENT', sentAt: now, lastError: null }
    case 'suppressed':
      return { ...standing, status: 'SUPPRESSED', lastError: outcome.reason }
    case 'refused':
      return { ...standing, status: 'FAILED', lastError: outcome.reason }
    case 'later':
      return attempts < MOST_ATTEMPTS
        ? {
            ...standing,
            status: 'QUEUED',
            availableAt: new Date(now.getTime() + pauseMs(attempts)),
            lastError: outcome.reason,
          }
        : { ...standing, status: 'FAILED', lastError: outcome.reason }
  }
}
