import type { JWK } from 'jose'
import type { SigningKeyStatus } from '../generated/prisma/enums.ts'

/** A key's state for the rotation. */
export type KeyState = {
  readonly kid: string
  readonly status: SigningKeyStatus
  readonly activatedAt: Date | null
  readonly retiredAt: Date | null
}

/** A public key in the form of the JWKS (RFC 7517, RFC 8037). */
export type PublishedKey = JWK & { readonly kid: string }

/** Lifetime of an access token. */
export const ACCESS_TOKEN_MS = 10 * 60_000
/** How long a replica uses the key that it last read. */
export const KEY_CACHE_MS = 60_000
/** Maximum clock difference between replicas and verifiers. */
const SKEW_MS = 60_000
/** How long a key signs. */
export const ROTATE_AFTER_MS = 30 * 24 * 3_600_000
/** A retired key is published until the last token that a replica may have signed with it has expired. */
export const PUBLISHED_AFTER_MS = ACCESS_TOKEN_MS + KEY_CACHE_MS + SKEW_MS

/** The changes to the keys, in this order. */
export type RotationPlan = {
  readonly remove: readonly string[]
  readonly retire: string | null
  readonly activate: string | null
  /** The states of keys to create. */
  readonly make: readonly ('CURRENT' | 'NEXT')[]
}

/**
 * Plans a rotation. The next key has been in the JWKS since the previous rotation, so every verifier knows it
 * before it signs. The retired key stays in the JWKS until its last token has expired.
 * @param force rotates before it is due, e.g. because the key may have leaked.
 */
export function planRotation(keys: readonly KeyState[], now: Date, force = false): RotationPlan {
  const current = keys.find((key) => key.status === 'CURRENT')
  const next = keys.find((key) => key.status === 'NEXT')
  const olderThan = (date: Date | null, ms: number) => date !== null && now.getTime() - date.getTime() > ms
  const remove = keys.filter((key) => olderThan(key.retiredAt, PUBLISHED_AFTER_MS)).map((key) => key.kid)
  const due = current !== undefined && (force || olderThan(current.activatedAt, ROTATE_AFTER_MS))
  if (current && !due) return { remove, retire: null, activate: null, make: next ? [] : ['NEXT'] }
  const retire = current?.kid ?? null
  if (next) return { remove, retire, activate: next.kid, make: ['NEXT'] }
  return { remove, retire, activate: null, make: ['CURRENT', 'NEXT'] }
}
