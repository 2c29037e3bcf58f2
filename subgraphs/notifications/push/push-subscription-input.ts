import { createPublicKey } from 'node:crypto'
import { idSchema } from '@argyle/kit/ids'
import { z } from 'zod'
import { allowedEndpoint, isAllowedEndpoint, type PushHosts } from './push-endpoint.ts'

const KEY_BYTES = 65
const SECRET_BYTES = 16
/** Base64url with or without padding, of no more characters than the bytes need. */
const BASE64URL = /^[\w-]{1,90}={0,2}$/

function bytesOf(text: string): Buffer | null {
  return BASE64URL.test(text) ? Buffer.from(text, 'base64url') : null
}

/** Whether the text is a point of P-256 in uncompressed form. OpenSSL refuses points that are not on the curve. */
function isPublicKey(text: string): boolean {
  const bytes = bytesOf(text)
  if (bytes?.length !== KEY_BYTES || bytes[0] !== 4) return false
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((half) => half.toString('base64url'))
  try {
    createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
    return true
  } catch {
    return false
  }
}

const canonical = (text: string) => Buffer.from(text, 'base64url').toString('base64url')

/** The input of `registerPushSubscription`, with endpoints at these hosts. */
export function registerPushSubscriptionInput(hosts: PushHosts) {
  return z.object({
    endpoint: z.string().refine((text) => isAllowedEndpoint(text, hosts), { error: allowedEndpoint(hosts) }),
    p256dh: z
      .string()
      .refine(isPublicKey, { error: `a P-256 public key of ${KEY_BYTES} bytes in base64url` })
      .transform(canonical),
    auth: z
      .string()
      .refine((text) => bytesOf(text)?.length === SECRET_BYTES, {
        error: `${SECRET_BYTES} bytes in base64url`,
      })
      .transform(canonical),
  })
}

export type RegisterPushSubscription = z.output<ReturnType<typeof registerPushSubscriptionInput>>

export const removePushSubscriptionInput = z.object({ id: idSchema('psb') })
