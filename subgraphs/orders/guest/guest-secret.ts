import { createHmac } from 'node:crypto'

/**
 * The secret with which a guest reads an order: 256 bits in base64url. It is an HMAC of the guest's
 * idempotency key, so that a repeated request returns the same secret although only its hash is stored. The
 * idempotency key is stored as a hash too.
 */
export function guestSecret(
  key: Buffer,
  { idempotencyKey, cartId }: { idempotencyKey: string; cartId: string },
) {
  return createHmac('sha256', key)
    .update(JSON.stringify(['guest order', cartId, idempotencyKey]))
    .digest('base64url')
}
