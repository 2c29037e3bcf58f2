import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The secret by which a guest looks at an order: 256 bits as base64url. It is made of the guest's idempotency key under a key of
 * the shop, so that the same request gives the same secret again, although the shop keeps no more than its hash. Of the idempotency
 * key, too, only a hash is kept: see `hashOf`.
 */
export function guestSecret(
  key: Buffer,
  { idempotencyKey, cartId }: { idempotencyKey: string; cartId: string },
) {
  return createHmac('sha256', key)
    .update(JSON.stringify(['guest order', cartId, idempotencyKey]))
    .digest('base64url')
}

/** What is kept of a secret. A secret has 256 random bits, so a plain hash cannot be guessed backwards. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Of no secret at all. */
const NO_HASH = hashOf('')

/** Whether a secret is the one of a hash, in a time that tells nothing of how much of it was right, or of whether there is a hash. */
export function isSecretOf(hash: string | null, secret: string): boolean {
  const given = Buffer.from(hashOf(secret))
  const isSame = timingSafeEqual(Buffer.from(hash ?? NO_HASH), given)
  return hash !== null && isSame
}
