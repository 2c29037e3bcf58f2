import { createHmac, timingSafeEqual } from 'node:crypto'

/** Maximum difference in seconds between the time of a webhook and now. */
export const TOLERANCE_SECONDS = 300

const HEADER = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/

function macOf(secret: Uint8Array, time: string, body: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest()
}

/** The signature header of a webhook: `t=<seconds>,v1=<hex of HMAC-SHA256 over "<seconds>.<raw body>">`. */
export function webhookSignature(secret: Uint8Array, body: Buffer, now: Date): string {
  const time = String(Math.floor(now.getTime() / 1_000))
  return `t=${time},v1=${macOf(secret, time, body).toString('hex')}`
}

/** Verifies that a header was created with the secret, for this body, and recently. */
export function isSigned(secret: Uint8Array, body: Buffer, header: unknown, now: Date): boolean {
  const [, time = '', hex = ''] = (typeof header === 'string' && HEADER.exec(header)) || []
  if (time === '' || Math.abs(now.getTime() / 1_000 - Number(time)) > TOLERANCE_SECONDS) return false
  return timingSafeEqual(macOf(secret, time, body), Buffer.from(hex, 'hex'))
}
