import type { UserViewer } from '@argyle/kit/identity'
import type { UserError } from '@argyle/kit/user-errors'
import type { SessionEnd } from '../generated/prisma/enums.ts'

/** One sign-in with its family of refresh tokens. */
export type Session = {
  readonly id: string
  readonly userId: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  /** When it expires unless it is used before. */
  readonly expiresAt: Date
  /** Null while it is active. */
  readonly endedAt: Date | null
  readonly endedBy: SessionEnd | null
}

/** A session as its owner sees it. */
export type ShownSession = Session & { readonly reader: UserViewer }

/** The stored state of one refresh token. */
export type TokenState = { readonly consumedAt: Date | null }

/** Lifetime of an unused session; each use restarts it. */
export const SESSION_MS = 30 * 24 * 3_600_000
/**
 * Grace period in which a consumed token still gets its successor: for concurrent tabs, or a lost response.
 */
export const GRACE_MS = 10_000

/** Active sessions of an account: a further sign-in ends the one that was used longest ago. */
export const MAX_SESSIONS = 20
/** Ended sessions of an account that are kept to detect late replays. */
export const MAX_ENDED_SESSIONS = 100
/** Refresh tokens of a session that are kept to detect replays: all of 30 days. A session that has used more of them ends. */
export const MAX_TOKENS = 5_000
/** Maximum number of successors that are followed within one grace period. */
export const MAX_SUCCESSORS = 20

export type RefreshVerdict =
  /** The valid token: consume it, issue a successor. */
  | 'ROTATE'
  /** Just consumed: return the same successor again. */
  | 'REPEAT'
  /** Consumed long ago: somebody has a copy, and it is unknown who. End the family. */
  | 'REPLAY'
  /** The session has ended. */
  | 'OVER'

/** Judges the use of a refresh token (RFC 9700, 4.14.2: rotation with reuse detection). */
export function judgeRefresh(session: Session, token: TokenState, now: Date): RefreshVerdict {
  if (session.endedAt !== null || session.expiresAt <= now) return 'OVER'
  if (token.consumedAt === null) return 'ROTATE'
  return now.getTime() - token.consumedAt.getTime() <= GRACE_MS ? 'REPEAT' : 'REPLAY'
}

/** A new session. */
export function newSession(id: string, userId: string, now: Date): Session {
  const expiresAt = new Date(now.getTime() + SESSION_MS)
  return { id, userId, createdAt: now, lastUsedAt: now, expiresAt, endedAt: null, endedBy: null }
}

/** The change on each use. Time never goes back, though the clocks of replicas may differ. */
export function lastUsed(session: Session, now: Date): Pick<Session, 'lastUsedAt' | 'expiresAt'> {
  const lastUsedAt = now > session.lastUsedAt ? now : session.lastUsedAt
  return { lastUsedAt, expiresAt: new Date(lastUsedAt.getTime() + SESSION_MS) }
}

export type InvalidCredentialsError = UserError & { readonly __typename: 'InvalidCredentialsError' }

/**
 * The same answer for an unknown address and a wrong password, so that it does not reveal which addresses
 * have accounts.
 */
export function invalidCredentials(): InvalidCredentialsError {
  const message = 'e-mail address and password do not belong together'
  return { __typename: 'InvalidCredentialsError', message, path: null }
}

/** The same answer for a missing cookie, an unknown token, an ended session and a replay. */
export function sessionOver(): InvalidCredentialsError {
  return {
    __typename: 'InvalidCredentialsError',
    message: 'the session has ended: sign in again',
    path: null,
  }
}
