import { createHmac, timingSafeEqual } from 'node:crypto'
import { BadWebhook } from './gateway.ts'

/** How old a webhook may be, and how far ahead its sender's clock may be. */
export const TOLERANCE_SECONDS = 300

/**
 * Reads a webhook signed by `t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<raw body>` under the shared secret.
 * @param body the bytes as they came: another writing of the same JSON has another signature.
 * @throws BadWebhook
 */
export function readSignedWebhook(body: Buffer, header: string, secret: string, now: Date): unknown {
  const [, time = '', proof = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? []
  if (time === '') throw new BadWebhook('it has no signature')
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest()
  if (!timingSafeEqual(expected, Buffer.from(proof, 'hex')))
    throw new BadWebhook('the signature is not right')
  if (Math.abs(now.getTime() / 1_000 - Number(time)) > TOLERANCE_SECONDS)
    throw new BadWebhook(`it was signed at ${time}: allowed are ${TOLERANCE_SECONDS} s from now`)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new BadWebhook('it is not JSON')
  }
}
