import { hkdfSync } from 'node:crypto'
import { seal, unseal } from '@argyle/kit/sealed'
import { z } from 'zod'
import { LANGUAGES } from '../message/format.ts'
import { KINDS } from './policy.ts'

/** Recipient and kind of the e-mails that a link turns off. */
const subscription = z.object({
  /** A user's id, or the e-mail address of a guest. */
  recipient: z.string(),
  kind: z.enum(KINDS),
  language: z.enum(LANGUAGES),
})

export type MailSubscription = z.output<typeof subscription>

/** Longer than any token that is made. */
const MAX_TOKEN_LENGTH = 1_000

/** The key of links to unsubscribe, which opens nothing else. */
export function unsubscribeKey(linkKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', linkKey, '', 'argyle unsubscribe', 32))
}

/**
 * Encrypts a subscription. The link works without a sign-in, cannot be forged, and does not reveal the
 * address. It does not expire, since e-mails do not.
 */
export function unsubscribeToken(key: Uint8Array, asked: MailSubscription): string {
  return Buffer.from(seal(key, Buffer.from(JSON.stringify(asked)))).toString('base64url')
}

/** The subscription of a token; null for a forged one. */
export function readUnsubscribeToken(key: Uint8Array, token: string): MailSubscription | null {
  if (token.length > MAX_TOKEN_LENGTH || !/^[\w-]+$/.test(token)) return null
  try {
    return subscription.parse(JSON.parse(unseal(key, Buffer.from(token, 'base64url')).toString()))
  } catch {
    return null
  }
}
