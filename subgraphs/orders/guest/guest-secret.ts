import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The secret with which a guest reads an order: 256 bits in base64url. It is an HMAC of the guest's
 * idempotency key, so that a repeated request returns the same secret although only its hash is stored. The
 * idempotency key is stored as a hash too: see `hashOf`.
 */
export function guestSecret(
  key: Buffer,
  { idempotencyKey, cartId }: { idempotencyKey: string; cartId: string },
) {
  return createHmac('sha256', key)
    .update(JSON.stringify(['guest order', cartId, idempotencyKey]))
    .digest('base64url')
}

/**
 * Hash of a secret, as stored. A secret has 256 random bits, so a plain SHA-256 cannot be inverted by
 * guessing.
 */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Hash for comparisons where no order exists. */
const NO_HASH = hashOf('')

/** Compares a secret with a hash in constant time, also where there is no hash. */
export function isSecretOf(hash: string | null, secret: string): boolean {
  const given = Buffer.from(hashOf(secret))
  const isSame = timingSafeEqual(Buffer.from(hash ?? NO_HASH), given)
  return hash !== null && isSame
}
