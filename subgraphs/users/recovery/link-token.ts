import { createHash, randomBytes } from 'node:crypto'
import { seal } from '@argyle/kit/sealed'
import type { UserError } from '@argyle/kit/user-errors'

/** Purposes of links. An account has at most one link of each. */
export type LinkPurpose = 'RESET_PASSWORD' | 'VERIFY_EMAIL' | 'CHANGE_EMAIL'
export type Purpose = LinkPurpose | 'UNDO_EMAIL_CHANGE'

export type InvalidTokenError = UserError & { readonly __typename: 'InvalidTokenError' }

const TOKEN_BYTES = 32
/** Base64url of 32 bytes. */
export const LINK_TOKEN = /^[A-Za-z0-9_-]{43}$/

const HOUR_MS = 3_600_000

const LIFETIME_MS: Readonly<Record<Purpose, number>> = {
  RESET_PASSWORD: HOUR_MS / 2,
  VERIFY_EMAIL: 24 * HOUR_MS,
  CHANGE_EMAIL: HOUR_MS,
  // Long enough for an owner who does not read e-mail over a weekend.
  UNDO_EMAIL_CHANGE: 72 * HOUR_MS,
}

export function newLinkToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** The stored form: a token has 256 random bits, so that a fast hash suffices. */
export function hashOfLinkToken(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(token).digest())
}

/** The form of a token in a message: base64url of `seal`. */
export function sealLinkToken(key: Uint8Array, token: string): string {
  return Buffer.from(seal(key, Buffer.from(token))).toString('base64url')
}

export function expiryOf(purpose: Purpose, now: Date): Date {
  return new Date(now.getTime() + LIFETIME_MS[purpose])
}

export function invalidToken(): InvalidTokenError {
  const message =
    'token is of no link that works: a link works once, for a limited time, and only the newest one; ask for another'
  return { __typename: 'InvalidTokenError', message, path: ['token'] }
}
