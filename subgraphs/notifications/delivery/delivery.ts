/** The result of one attempt to send a message. */
export type Outcome =
  | { readonly type: 'sent' }
  /** A later attempt may succeed: the server is unavailable or asks to retry, possibly after a given time. */
  | { readonly type: 'later'; readonly reason: string; readonly retryAfterMs?: number | undefined }
  /** Further attempts would fail too. */
  | { readonly type: 'refused'; readonly reason: string; readonly stopsAddress?: boolean }
  /** The channel is not configured. */
  | { readonly type: 'suppressed'; readonly reason: string }

/** Channels that send messages by a server. */
export type SentChannel = 'EMAIL' | 'SMS' | 'PUSH'

type Retries = { readonly attempts: number; readonly firstPauseMs: number; readonly longestPauseMs: number }

/**
 * Maximum number of attempts of one message. Their pauses take most of a day for an e-mail, and an hour for
 * the other channels, whose messages lose their value sooner.
 */
export const RETRIES: Readonly<Record<SentChannel, Retries>> = {
  EMAIL: { attempts: 10, firstPauseMs: 10_000, longestPauseMs: 6 * 3_600_000 },
  SMS: { attempts: 6, firstPauseMs: 10_000, longestPauseMs: 3_600_000 },
  PUSH: { attempts: 6, firstPauseMs: 10_000, longestPauseMs: 3_600_000 },
}

/**
 * The pause after a failed attempt: 10 s, 40 s, 160 s … up to the channel's maximum, which also limits the
 * pause that a server asks for.
 */
export function pauseMs(channel: SentChannel, attempts: number, askedMs = 0): number {
  const { firstPauseMs, longestPauseMs } = RETRIES[channel]
  return Math.min(Math.max(firstPauseMs * 4 ** (attempts - 1), askedMs), longestPauseMs)
}

/** The status of a message after an attempt. */
export type Standing = {
  readonly status: 'QUEUED' | 'SENT' | 'FAILED' | 'SUPPRESSED'
  readonly availableAt: Date
  readonly sentAt: Date | null
  readonly lastError: string | null
}

/** @param tried the message's channel, and the number of attempts including this one */
export function afterTry(
  outcome: Outcome,
  { channel, attempts }: { readonly channel: SentChannel; readonly attempts: number },
  now: Date,
): Standing {
  const standing = { availableAt: now, sentAt: null }
  switch (outcome.type) {
    case 'sent':
      return { ...standing, status: 'SENT', sentAt: now, lastError: null }
    case 'suppressed':
      return { ...standing, status: 'SUPPRESSED', lastError: outcome.reason }
    case 'refused':
      return { ...standing, status: 'FAILED', lastError: outcome.reason }
    case 'later': {
      const { reason: lastError, retryAfterMs } = outcome
      if (attempts >= RETRIES[channel].attempts) return { ...standing, status: 'FAILED', lastError }
      const availableAt = new Date(now.getTime() + pauseMs(channel, attempts, retryAfterMs))
      return { status: 'QUEUED', availableAt, sentAt: null, lastError }
    }
  }
}
