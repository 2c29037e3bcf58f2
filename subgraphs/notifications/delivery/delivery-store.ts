// Tested in ../delivery.int.test.ts: its transactions need a database.
import type { Clock } from '@argyle/kit/clock'
import { appendEvents } from '@argyle/kit/outbox'
import { unseal } from '@argyle/kit/sealed'
import { insertFailedDelivery } from '../digest/digest-items.ts'
import { campaignMessageSettled } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Language } from '../message/format.ts'
import { mailOf } from '../message/mail.ts'
import type { Message } from '../message/message.ts'
import { smsOf } from '../message/sms-text.ts'
import type { Kind } from '../occasion/occasion.ts'
import { campaignMessageOf } from '../occasion/read-campaign.ts'
import { isRequired, POLICIES } from '../preference/policy.ts'
import { unsubscribeToken } from '../preference/unsubscribe-token.ts'
import { addToList, stopAddress } from './address-store.ts'
import { afterTry, type Outcome, type SentChannel } from './delivery.ts'
import { CONNECTIONS, MAX_TRY_MS, type MailChannel } from './email.ts'
import type { PushChannel } from './push.ts'
import type { SmsChannel } from './sms.ts'

/** Characters of a stored reason. */
const MAX_REASON_LENGTH = 500
/** Lease of a claim. It is longer than one attempt takes. */
const LEASE_SECONDS = MAX_TRY_MS / 1_000 + 20

/**
 * Queues by a condition on their rows. A slow service or a campaign delays only its own queue, not the
 * e-mails of orders and accounts.
 */
const LANES = {
  EMAIL: `channel = 'EMAIL' AND kind <> 'CAMPAIGN'`,
  CAMPAIGN: `channel = 'EMAIL' AND kind = 'CAMPAIGN'`,
  SMS: `channel = 'SMS'`,
  PUSH: `channel = 'PUSH'`,
} as const
export type Lane = keyof typeof LANES
/**
 * Messages of one claim, which are sent concurrently. They are no more than the connections, since the claim
 * could end while an e-mail waits for one.
 */
const BATCHES: Readonly<Record<Lane, number>> = {
  EMAIL: CONNECTIONS,
  CAMPAIGN: CONNECTIONS,
  SMS: 20,
  PUSH: 20,
}
export const LANE_NAMES = Object.keys(LANES) as readonly Lane[]

// Whether the message is still wanted: consent, address or number may have been withdrawn since it was
// planned.
const IS_WANTED = `
CASE WHEN kind = 'CAMPAIGN' THEN EXISTS (SELECT 1 FROM opt_in o WHERE o.recipient = notification.recipient AND o.kind = 'CAMPAIGN' AND o.channel = 'EMAIL')
      AND EXISTS (SELECT 1 FROM verified_address v WHERE v.user_id = notification.user_id AND v.email = notification.address)
     WHEN channel = 'SMS' AND kind <> 'PHONE_VERIFICATION' THEN EXISTS (SELECT 1 FROM phone p WHERE p.user_id = notification.user_id AND p.number = notification.address)
     ELSE true END`

const claim = (lane: Lane) => `
UPDATE notification SET attempts = attempts + 1, available_at = $1::timestamptz + interval '${LEASE_SECONDS} seconds'
 WHERE id IN (SELECT id FROM notification WHERE status = 'QUEUED' AND available_at <= $1::timestamptz AND ${LANES[lane]}
               ORDER BY available_at LIMIT ${BATCHES[lane]} FOR UPDATE SKIP LOCKED)
RETURNING id, occasion_id AS "occasionId", recipient, user_id AS "userId", channel, kind, address, title, body, language, content, attempts,
          created_at AS "createdAt", expires_at AS "expiresAt", ${IS_WANTED} AS "isWanted"`

// If another replica has claimed the message meanwhile, only the result of that replica is saved.
const SAVE = `
UPDATE notification SET status = $3, available_at = $4::timestamptz, sent_at = $5::timestamptz, last_error = $6,
       content = CASE WHEN $3 IN ('QUEUED', 'FAILED') THEN content END
 WHERE id = $1 AND status = 'QUEUED' AND attempts = $2`

type Row = {
  readonly id: string
  readonly occasionId: string
  readonly recipient: string
  readonly userId: string | null
  readonly channel: SentChannel
  readonly kind: Kind
  readonly address: string | null
  readonly title: string
  readonly body: string
  readonly language: Language
  readonly content: Message
  readonly attempts: number
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly isWanted: boolean
}

type Parts = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  /** One channel for each lane, so that no lane waits for the connections of the other. */
  readonly mail: Readonly<Record<'EMAIL' | 'CAMPAIGN', MailChannel>>
  readonly push: PushChannel
  readonly sms: SmsChannel
  readonly linkKey: Uint8Array
  readonly unsubscribeKey: Uint8Array
  /** Base URL of this service for readers of e-mail. */
  readonly publicUrl: string
}

/** Sends queued messages. */
export function deliveryStore(parts: Parts) {
  const { prisma, clock, mail, push, sms, linkKey, unsubscribeKey, publicUrl } = parts

  const tokenOf = ({ sealedToken }: Message) =>
    sealedToken ? unseal(linkKey, Buffer.from(sealedToken, 'base64url')).toString() : ''

  /** The URL for unsubscribing from such e-mails; undefined for required ones. */
  function unsubscribeUrl({ recipient, kind, language }: Row): string | undefined {
    if (isRequired(kind, 'EMAIL')) return undefined
    const token = unsubscribeToken(unsubscribeKey, { recipient, kind, language })
    return `${publicUrl.replace(/\/+$/, '')}/unsubscribe/${token}`
  }

  async function sendMail(row: Row): Promise<Outcome> {
    const { id, kind, address, content, language } = row
    const unsubscribe = unsubscribeUrl(row)
    const text = mailOf(content, language, { token: tokenOf(content), unsubscribe })
    return mail[kind === 'CAMPAIGN' ? 'CAMPAIGN' : 'EMAIL'].send({
      id,
      to: address ?? '',
      ...text,
      unsubscribe,
      replyTag: content.replyTag,
    })
  }

  async function sendPush({ id, userId, kind, title, body, content, expiresAt }: Row): Promise<Outcome> {
    const isUrgent = !POLICIES[kind].canWait
    const url = content.action?.url ?? null
    return push.send({ id, userId: userId ?? '', kind, title, body, url, isUrgent, expiresAt })
  }

  function sendSms({ id, address, content, attempts, createdAt }: Row): Promise<Outcome> {
    const text = smsOf(content, tokenOf(content))
    return sms.send({ id, to: address ?? '', text, queuedAt: createdAt, attempts })
  }

  const senders: Readonly<Record<SentChannel, (row: Row) => Promise<Outcome>>> = {
    EMAIL: sendMail,
    SMS: sendSms,
    PUSH: sendPush,
  }

  /** Sends a message. One whose text cannot be written fails at once, since it would fail again. */
  async function send(row: Row): Promise<Outcome> {
    const { channel, expiresAt, isWanted } = row
    if (!isWanted) return { type: 'suppressed', reason: 'the message is no longer needed' }
    if (expiresAt && expiresAt <= clock()) return { type: 'suppressed', reason: 'it was too late' }
    try {
      return await senders[channel](row)
    } catch (error) {
      return { type: 'refused', reason: String(error).slice(0, MAX_REASON_LENGTH) }
    }
  }

  async function attempt(row: Row): Promise<void> {
    const outcome = await send(row)
    const { status, availableAt, sentAt, lastError } = afterTry(outcome, row, clock())
    const values = [row.id, row.attempts, status, availableAt, sentAt, lastError]
    const messageId = status === 'QUEUED' ? null : campaignMessageOf(row.occasionId)
    if (status !== 'FAILED' && messageId === null) {
      await prisma.$executeRawUnsafe(SAVE, ...values)
      return
    }
    await prisma.$transaction(async (tx) => {
      if ((await tx.$executeRawUnsafe(SAVE, ...values)) === 0) return
      if (messageId !== null && status !== 'QUEUED')
        await appendEvents(tx, [campaignMessageSettled({ messageId, outcome: status, at: clock() })])
      if (status !== 'FAILED') return
      if (outcome.type === 'refused' && outcome.stopsAddress && row.address !== null)
        await stopAddress(tx, row.address, outcome.reason, clock())
      await addToList(tx, row.id, clock())
      if (outcome.type === 'later') await insertFailedDelivery(tx, row.id, row.channel, clock())
    })
  }

  return {
    /**
     * Sends all due messages of a lane. A message is sent twice only if the process ends between the server's
     * answer and its commit. Its `Message-ID` is then the same.
     */
    async sendDue(lane: Lane): Promise<void> {
      for (let count = BATCHES[lane]; count === BATCHES[lane]; ) {
        const rows = await prisma.$queryRawUnsafe<Row[]>(claim(lane), clock())
        await Promise.all(rows.map(attempt))
        count = rows.length
      }
    },
  }
}

export type DeliveryStore = ReturnType<typeof deliveryStore>
