import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * Hash of a secret, as stored. A secret has 256 random bits, so a plain SHA-256 cannot be inverted by
 * guessing.
 */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Hash that a secret is compared with if there is none. */
const NO_HASH = hashOf('')

/** Compares a secret with a hash in constant time, even if there is no hash. */
export function isSecretOf(hash: string | null, secret: string): boolean {
  const given = Buffer.from(hashOf(secret))
  const stored = Buffer.from(hash ?? NO_HASH)
  const isSame = stored.length === given.length && timingSafeEqual(stored, given)
  return hash !== null && isSame
}
