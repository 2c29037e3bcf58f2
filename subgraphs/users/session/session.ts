import type { UserViewer } from '@argyle/kit/identity'
import type { UserError } from '@argyle/kit/user-errors'
import type { SessionEnd } from '../generated/prisma/enums.ts'

/** One sign-in, and the family of all refresh tokens that came of it. */
export type Session = {
  readonly id: string
  readonly userId: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  /** When it ends unless it is used before. */
  readonly expiresAt: Date
  /** Null while it lasts. */
  readonly endedAt: Date | null
  readonly endedBy: SessionEnd | null
}

/** A session as its owner is shown it. */
export type ShownSession = Session & { readonly reader: UserViewer }

/** What is kept of one refresh token of a family. */
export type TokenState = { readonly consumedAt: Date | null }

/** How long an unused session lasts; each use starts it anew. */
export const SESSION_MS = 30 * 24 * 3_600_000
/** How long a consumed token still gets its successor: two tabs at once, or an answer lost on the way. */
export const GRACE_MS = 10_000

export type RefreshVerdict =
  /** The token in force: consume it, give a successor. */
  | 'ROTATE'
  /** Just consumed: give the same successor again. */
  | 'REPEAT'
  /** Consumed long ago: somebody holds a copy, and nobody can tell who. End the family. */
  | 'REPLAY'
  /** The session is over. */
  | 'OVER'

/** Judges the use of a refresh token (RFC 9700, 4.14.2: rotation with detection of reuse). */
export function judgeRefresh(session: Session, token: TokenState, now: Date): RefreshVerdict {
  if (session.endedAt !== null || session.expiresAt <= now) return 'OVER'
  if (token.consumedAt === null) return 'ROTATE'
  return now.getTime() - token.consumedAt.getTime() <= GRACE_MS ? 'REPEAT' : 'REPLAY'
}

/** A session that starts now. */
export function newSession(id: string, userId: string, now: Date): Session {
  const expiresAt = new Date(now.getTime() + SESSION_MS)
  return { id, userId, createdAt: now, lastUsedAt: now, expiresAt, endedAt: null, endedBy: null }
}

/** What a use changes. Time never runs back, though the clocks of two replicas may differ. */
export function lastUsed(session: Session, now: Date): Pick<Session, 'lastUsedAt' | 'expiresAt'> {
  const lastUsedAt = now > session.lastUsedAt ? now : session.lastUsedAt
  return { lastUsedAt, expiresAt: new Date(lastUsedAt.getTime() + SESSION_MS) }
}

export type InvalidCredentialsError = UserError & { readonly __typename: 'InvalidCredentialsError' }

/** One answer for an unknown address and a wrong password: it tells nobody which addresses have an account. */
export function invalidCredentials(): InvalidCredentialsError {
  const message = 'e-mail address and password do not belong together'
  return { __typename: 'InvalidCredentialsError', message, path: null }
}

/** One answer for no cookie, an unknown token, an ended session and a replay. */
export function sessionOver(): InvalidCredentialsError {
  return {
    __typename: 'InvalidCredentialsError',
    message: 'the session has ended: sign in again',
    path: null,
  }
}
