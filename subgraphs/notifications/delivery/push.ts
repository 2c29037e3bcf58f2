import { createECDH, createHash } from 'node:crypto'
import type { Clock } from '@argyle/kit/clock'
import { firstOf } from '../message/first-of.ts'
import { isAllowedEndpoint, type PushHosts } from '../push/push-endpoint.ts'
import type { PushSubscription } from '../push/push-subscription.ts'
import type { PushSubscriptionStore } from '../push/push-subscription-store.ts'
import type { NotificationSettings } from '../settings.ts'
import type { Outcome } from './delivery.ts'
import { retryAfterMs } from './retry-after.ts'

/** A message that browsers show. `id` is that of the notification. */
export type PushMessage = {
  readonly id: string
  readonly userId: string
  readonly kind: string
  readonly title: string
  readonly body: string
  readonly url: string | null
  readonly isUrgent: boolean
  readonly expiresAt: Date | null
}

/** A channel to the browsers of an account. */
export type PushChannel = { send(message: PushMessage): Promise<Outcome> }

/** A push service stores a message this long for a browser that is away. */
const STORED_SECONDS = 86_400
/** Time limit for the answer of a push service. */
const MAX_ANSWER_MS = 10_000
/** In characters. With four bytes each, a payload stays below the 3993 bytes of RFC 8291. A longer link is left out. */
const MAX_TITLE_LENGTH = 100
/** Characters of a body. */
const MAX_BODY_LENGTH = 500
/** Characters of a link. */
const MAX_URL_LENGTH = 500
/** Characters of a topic (RFC 8030, section 5.4). */
const MAX_TOPIC_LENGTH = 32

const NONE: Outcome = { type: 'suppressed', reason: 'no key for web push is set (VAPID_PRIVATE_KEY)' }
const ENDED: Outcome = { type: 'refused', reason: 'every subscription of the account has ended' }

/** The public key of a P-256 private key, in base64url. @throws Error for a value that is no private key */
export function vapidPublicKey(privateKey: Uint8Array): string {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(privateKey)
  return curve.getPublicKey('base64url', 'uncompressed')
}

function payloadOf({ id, kind, title, body, url }: PushMessage): string {
  return JSON.stringify({
    id,
    kind,
    title: firstOf(title, MAX_TITLE_LENGTH),
    body: firstOf(body, MAX_BODY_LENGTH),
    url: url !== null && url.length <= MAX_URL_LENGTH ? url : null,
  })
}

/** The result for one browser. */
type Result = Outcome | { readonly type: 'ended' }

function resultOf(status: number, retryAfter: string | null, now: Date): Result {
  const reason = `the push service answered ${status}`
  if (status >= 200 && status < 300) return { type: 'sent' }
  if (status === 404 || status === 410) return { type: 'ended' }
  // 401 and 403 are errors of the shop's settings, after whose correction the message can be sent.
  if (status === 401 || status === 403 || status === 408 || status === 429 || status >= 500)
    return { type: 'later', reason, retryAfterMs: retryAfterMs(retryAfter, now) }
  return { type: 'refused', reason }
}

type Parts = {
  readonly settings: NotificationSettings
  readonly subscriptions: Pick<PushSubscriptionStore, 'of' | 'end'>
  readonly hosts: PushHosts
  readonly clock: Clock
  /** Time limit for the answer of a push service; tests shorten it. */
  readonly mostMs?: number
}

/**
 * Posts messages to the push services of an account's browsers (RFC 8030), encrypted for each (RFC 8291) and signed (RFC 8292). The
 * package is loaded with the first message.
 */
export function pushChannel({
  settings,
  subscriptions,
  hosts,
  clock,
  mostMs = MAX_ANSWER_MS,
}: Parts): PushChannel {
  const { VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject } = settings
  if (!privateKey) return { send: async () => NONE }
  const vapidDetails = {
    subject,
    publicKey: vapidPublicKey(privateKey),
    privateKey: Buffer.from(privateKey).toString('base64url'),
  }

  async function post(message: PushMessage, { endpoint, p256dh, auth }: PushSubscription): Promise<Result> {
    if (!isAllowedEndpoint(endpoint, hosts))
      return { type: 'refused', reason: 'its push service is not among PUSH_HOSTS' }
    const { default: webPush } = await import('web-push')
    const now = clock()
    const left = message.expiresAt
      ? Math.ceil((message.expiresAt.getTime() - now.getTime()) / 1_000)
      : STORED_SECONDS
    const { headers, body } = webPush.generateRequestDetails(
      { endpoint, keys: { p256dh, auth } },
      payloadOf(message),
      {
        vapidDetails,
        contentEncoding: 'aes128gcm',
        TTL: Math.max(0, Math.min(left, STORED_SECONDS)),
        urgency: message.isUrgent ? 'high' : 'normal',
        // A message that is posted again replaces the first while the service stores it.
        topic: createHash('sha256').update(message.id).digest('base64url').slice(0, MAX_TOPIC_LENGTH),
      },
    )
    const { 'Content-Length': _, ...sent } = headers
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, String(value)])),
        body: Uint8Array.from(body ?? []),
        // Redirects are not followed.
        redirect: 'manual',
        signal: AbortSignal.timeout(mostMs),
      })
      await response.body?.cancel()
      return resultOf(response.status, response.headers.get('retry-after'), now)
    } catch (error) {
      return { type: 'later', reason: `the push service was not reached: ${error}`.slice(0, 500) }
    }
  }

  return {
    /** A message counts as sent once it is sent to one browser. Subscriptions that have ended are removed. */
    async send(message) {
      const browsers = await subscriptions.of(message.userId)
      const results = await Promise.all(browsers.map((browser) => post(message, browser)))
      const ended = browsers.filter((_, index) => results[index]?.type === 'ended').map(({ id }) => id)
      if (ended.length > 0) await subscriptions.end(ended)
      const outcomes = results.filter((result) => result.type !== 'ended')
      return (
        outcomes.find(({ type }) => type === 'sent') ??
        outcomes.find(({ type }) => type === 'later') ??
        outcomes[0] ??
        ENDED
      )
    },
  }
}
