import { createHmac, timingSafeEqual } from 'node:crypto'
import { BadWebhook } from './gateway.ts'

/** Maximum difference in seconds between the time of a webhook and now, in both directions. */
export const TOLERANCE_SECONDS = 300

/**
 * Verifies and parses a webhook with the signature `t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<raw
 * body>` with the shared secret.
 * @param body the received bytes; the signature does not match another serialization of the same JSON
 * @throws BadWebhook
 */
export function readSignedWebhook(body: Buffer, header: string, secret: string, now: Date): unknown {
  const [, time = '', proof = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? []
  if (time === '') throw new BadWebhook('it has no signature')
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest()
  if (!timingSafeEqual(expected, Buffer.from(proof, 'hex'))) throw new BadWebhook('its signature is wrong')
  if (Math.abs(now.getTime() / 1_000 - Number(time)) > TOLERANCE_SECONDS)
    throw new BadWebhook(`it was signed at ${time}: allowed is within ${TOLERANCE_SECONDS} s of now`)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new BadWebhook('it is not JSON')
  }
}
