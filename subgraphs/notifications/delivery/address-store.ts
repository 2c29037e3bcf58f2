// Tested in ../bounces.int.test.ts: its transactions need a database.
import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf, Tx } from '@argyle/kit/database'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import { campaignMessageSettled, notificationReceived } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Kind } from '../occasion/occasion.ts'
import { campaignMessageOf } from '../occasion/read-campaign.ts'
import type { PreferenceStore } from '../preference/preference-store.ts'
import type { MailReport } from './report.ts'

/** Days after which a stopped address is tried again, since its mailbox may work again. */
export const STOPPED_DAYS = 90

const STOP = `
INSERT INTO stopped_address (address, reason, since) VALUES ($1, $2, $3::timestamptz)
ON CONFLICT (address) DO UPDATE SET reason = EXCLUDED.reason, since = EXCLUDED.since`
const LIFT = 'DELETE FROM stopped_address WHERE address = $1'
const FORGET = `DELETE FROM stopped_address WHERE since < $1::timestamptz - interval '${STOPPED_DAYS} days'`
const FAIL = `
UPDATE notification SET status = 'FAILED', last_error = $2
 WHERE id = $1 AND channel = 'EMAIL' AND status IN ('QUEUED', 'SENT')
RETURNING occasion_id AS "occasionId", address`
const ADDRESSEE = `SELECT recipient FROM notification WHERE id = $1 AND channel = 'EMAIL'`
// The account's list of notifications is the fallback for e-mail, and for another channel if no e-mail has
// the message. A message with a link has no fallback, since the link is for its address only.
const FALL_BACK = `
INSERT INTO notification (id, occasion_id, recipient, user_id, channel, kind, language, title, body, status, available_at, created_at, sent_at)
SELECT $2, occasion_id, recipient, user_id, 'IN_APP', kind, language, title, body, 'SENT', $3::timestamptz, $3::timestamptz, $3::timestamptz
  FROM notification AS n WHERE id = $1 AND user_id IS NOT NULL AND kind <> ALL($4::text[])
   AND (channel = 'EMAIL' OR NOT EXISTS (SELECT 1 FROM notification o WHERE o.occasion_id = n.occasion_id AND o.recipient = n.recipient
         AND o.channel = 'EMAIL' AND o.status IN ('QUEUED', 'SENT')))
ON CONFLICT (occasion_id, recipient, channel) DO NOTHING
RETURNING id, user_id AS "userId", kind, title, body, created_at AS "createdAt"`

/** Kinds whose message contains a secret or its own address. They are sent by one channel only. */
const BY_ONE_CHANNEL: readonly Kind[] = [
  'PASSWORD_RESET',
  'EMAIL_VERIFICATION',
  'EMAIL_CHANGE',
  'EMAIL_CHANGED',
  'ACCOUNT_DELETED',
  'PHONE_VERIFICATION',
  'CAMPAIGN',
]

type Fallen = {
  readonly id: string
  readonly userId: string
  readonly kind: string
  readonly title: string
  readonly body: string
  readonly createdAt: Date
}

/** Stops e-mail to an address. */
export async function stopAddress(tx: Tx, address: string, reason: string, now: Date): Promise<void> {
  await tx.$executeRawUnsafe(STOP, address, reason, now)
}

/** Adds a message that could not be sent to the account's list of notifications. It is idempotent. */
export async function addToList(
  tx: TransactionOf<PrismaClient>,
  notificationId: string,
  now: Date,
): Promise<void> {
  const fallen = await tx.$queryRawUnsafe<Fallen[]>(
    FALL_BACK,
    notificationId,
    newId('ntf'),
    now,
    BY_ONE_CHANNEL,
  )
  await appendEvents(tx, fallen.map(notificationReceived))
}

type Parts = { readonly prisma: PrismaClient; readonly clock: Clock; readonly preferences: PreferenceStore }

/** Stopped addresses, and the reports of mail servers. */
export function addressStore({ prisma, clock, preferences }: Parts) {
  async function fail({ notificationId, status, stopsAddress }: Extract<MailReport, { type: 'failed' }>) {
    const reason = `the mail server reported ${status}`
    await prisma.$transaction(async (tx) => {
      const [failed] = await tx.$queryRawUnsafe<{ occasionId: string; address: string }[]>(
        FAIL,
        notificationId,
        reason,
      )
      if (!failed) return
      const messageId = campaignMessageOf(failed.occasionId)
      if (messageId !== null)
        await appendEvents(tx, [campaignMessageSettled({ messageId, outcome: 'FAILED', at: clock() })])
      if (stopsAddress) await stopAddress(tx, failed.address, reason, clock())
      await addToList(tx, notificationId, clock())
    })
  }

  return {
    /** Handles a report. Repeated reports and reports about unknown e-mails have no effect. */
    async heed(report: MailReport): Promise<void> {
      if (report.type === 'failed') return fail(report)
      const [addressee] = await prisma.$queryRawUnsafe<{ recipient: string }[]>(
        ADDRESSEE,
        report.notificationId,
      )
      // Required e-mails are still sent.
      if (addressee) await preferences.unsubscribe(addressee.recipient, null)
    },

    /** Releases addresses that were stopped long ago. */
    async forget(): Promise<void> {
      await prisma.$executeRawUnsafe(FORGET, clock())
    },
  }
}

/** users.email.verified: somebody reads the address, so e-mail to it is sent again. */
export async function resumeAddress(tx: Tx, address: string): Promise<void> {
  await tx.$executeRawUnsafe(LIFT, address)
}

export type AddressStore = ReturnType<typeof addressStore>
