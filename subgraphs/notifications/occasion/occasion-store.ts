// Tested in ../notifications.int.test.ts: its transactions need a database.

import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import { campaignMessageSettled, notificationReceived } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { firstOf } from '../message/first-of.ts'
import { standingOf } from '../preference/preference.ts'
import { wishesOf } from '../preference/preference-store.ts'
import type { NotificationSettings } from '../settings.ts'
import { detailsSchema, nextLook } from './occasion.ts'
import { type KnownOrder, type KnownPerson, type Plan, type Planned, plan } from './plan.ts'
import { campaignMessageOf } from './read-campaign.ts'

type Tx = TransactionOf<PrismaClient>

/** Occasions in one transaction. */
const BATCH = 50
/** Days for which occasions and notifications are kept. */
const KEPT_DAYS = 400
/** Rows that one statement deletes. */
const FORGOTTEN_AT_ONCE = 1_000
/**
 * Days for which the last e-mail to a deleted account is kept. They are fewer, since it contains the address.
 */
const FAREWELL_DAYS = 7
/** Characters of the note why an occasion waits. */
const MAX_NOTE_LENGTH = 500
/** Characters of a title. */
const MAX_TITLE_LENGTH = 200
/** Characters of a body. */
const MAX_BODY_LENGTH = 2_000

const CLAIM = `
SELECT o.id, o.order_id AS "orderId", o.user_id AS "userId", o.data, o.attempts,
       CASE WHEN k.order_id IS NOT NULL THEN jsonb_build_object('number', k.number, 'customerId', k.customer_id,
         'email', k.email, 'claimedBy', k.claimed_by, 'countryCode', k.country_code, 'currency', k.currency,
         'totalMinor', k.total_minor::text, 'lines', k.lines, 'sequence', k.sequence) END AS "order",
       CASE WHEN p.user_id IS NOT NULL THEN
         jsonb_build_object('email', p.email, 'verifiedEmail', v.email, 'displayName', p.display_name,
           'hasPush', EXISTS (SELECT 1 FROM push_subscription s WHERE s.user_id = p.user_id),
           'phone', (SELECT n.number FROM phone n WHERE n.user_id = p.user_id),
           'allowsOpenTracking', EXISTS (SELECT 1 FROM person_setting t WHERE t.user_id = p.user_id AND t.allows_open_tracking)) END AS person
  FROM occasion o
  LEFT JOIN known_order k ON k.order_id = o.order_id
  LEFT JOIN person p ON p.user_id = COALESCE(o.user_id, k.claimed_by, k.customer_id)
  LEFT JOIN verified_address v ON v.user_id = p.user_id
 WHERE o.state = 'PENDING' AND o.due_at <= $1::timestamptz
 ORDER BY o.due_at LIMIT ${BATCH} FOR UPDATE OF o SKIP LOCKED`

const SAVE = `
UPDATE occasion SET state = s.state, attempts = attempts + 1, due_at = COALESCE(s."dueAt", due_at), note = s.note,
       -- The text of a campaign is not kept for each recipient.
       data = CASE WHEN kind = 'CAMPAIGN' AND s.state <> 'PENDING' THEN '{}' ELSE data END
  FROM jsonb_to_recordset($1::jsonb) AS s(id text, state text, "dueAt" timestamptz, note text)
 WHERE occasion.id = s.id`

const FORGET = (table: 'occasion' | 'notification') => `
DELETE FROM ${table} WHERE id IN
 (SELECT id FROM ${table} WHERE created_at < $1::timestamptz - interval '${KEPT_DAYS} days'
   UNION ALL
  SELECT id FROM ${table} WHERE kind = 'ACCOUNT_DELETED' AND created_at < $1::timestamptz - interval '${FAREWELL_DAYS} days'
   LIMIT ${FORGOTTEN_AT_ONCE})`

type Row = {
  readonly id: string
  readonly orderId: string | null
  readonly userId: string | null
  readonly data: unknown
  readonly attempts: number
  readonly order: KnownOrder | null
  readonly person: KnownPerson | null
}

type Parts = { readonly prisma: PrismaClient; readonly clock: Clock; readonly settings: NotificationSettings }

/** Turns occasions into notifications. */
export function occasionStore({ prisma, clock, settings }: Parts) {
  const { SHOP_TIME_ZONE: timeZone, STOREFRONT_URL: storefront, PUBLIC_URL: publicUrl } = settings
  const style = { timeZone, storefront, publicUrl, isAnswered: settings.SUPPORT_ADDRESS !== null }

  /**
   * An occasion that cannot be planned, e.g. of a kind that only a newer version knows, does not block the
   * others.
   */
  function decide(row: Row, now: Date): Plan {
    try {
      return plan({ ...row, details: detailsSchema.parse(row.data) }, { ...style, now })
    } catch (error) {
      return { type: 'wait', note: `it cannot be planned: ${error}`.slice(0, MAX_NOTE_LENGTH) }
    }
  }

  /** One batch in one transaction. @returns how many occasions there were */
  async function planBatch(tx: Tx): Promise<number> {
    const now = clock()
    const rows = await tx.$queryRawUnsafe<Row[]>(CLAIM, now)
    if (rows.length === 0) return 0
    const decided = rows.map((row) => ({ row, plan: decide(row, now) }))
    const saved = decided.map((one) => savedOf(one, now))
    await tx.$executeRawUnsafe(SAVE, JSON.stringify(saved))
    const dropped = saved.filter(({ state }) => state === 'DROPPED')
    await appendEvents(
      tx,
      dropped.flatMap(({ id }) => suppressedOf(id, now)),
    )
    await insert(
      tx,
      decided.flatMap(({ row, plan: it }) =>
        it.type === 'send' ? it.messages.map((planned) => ({ row, planned })) : [],
      ),
      now,
    )
    return rows.length
  }

  return {
    /** Turns due occasions into notifications. Any number of replicas share the work. */
    async planDue(): Promise<void> {
      for (let count = BATCH; count === BATCH; ) count = await prisma.$transaction(planBatch)
    },

    /** Deletes occasions and notifications older than 400 days. */
    async forget(): Promise<void> {
      for (const table of ['notification', 'occasion'] as const)
        for (let count = FORGOTTEN_AT_ONCE; count === FORGOTTEN_AT_ONCE; )
          count = await prisma.$executeRawUnsafe(FORGET(table), clock())
    },
  }
}

/** The row of an occasion after its plan. */
function savedOf({ row: { id, attempts }, plan: it }: { readonly row: Row; readonly plan: Plan }, now: Date) {
  if (it.type === 'send') return { id, state: 'DONE', dueAt: null, note: null }
  if (it.type === 'drop') return { id, state: 'DROPPED', dueAt: null, note: it.note }
  const dueAt = nextLook(attempts + 1, now)
  if (dueAt) return { id, state: 'PENDING', dueAt, note: it.note ?? null }
  return { id, state: 'DROPPED', dueAt, note: it.note ?? 'its order or account never became known' }
}

async function insert(
  tx: Tx,
  planned: readonly { readonly row: Row; readonly planned: Planned }[],
  now: Date,
): Promise<void> {
  if (planned.length === 0) return
  const wishes = await wishesOf(
    tx,
    planned.map((one) => one.planned),
  )
  const data = planned.flatMap(({ row, planned: { message, ...rest } }) => {
    const standing = standingOf(rest, wishes(rest), now)
    if (!standing) return []
    const first = {
      availableAt: now,
      ...standing,
      ...(standing.status === 'SENT' && { sentAt: now }),
      ...(standing.status === 'QUEUED' && { content: message }),
    }
    const title = firstOf(message.title, MAX_TITLE_LENGTH)
    const body = firstOf(message.body, MAX_BODY_LENGTH)
    return [{ ...rest, id: newId('ntf'), occasionId: row.id, title, body, ...first, createdAt: now }]
  })
  await tx.notification.createMany({ data, skipDuplicates: true })
  await appendEvents(
    tx,
    data.flatMap(({ userId, ...row }) =>
      userId && row.channel === 'IN_APP' ? [notificationReceived({ ...row, userId })] : [],
    ),
  )
  const suppressed = data.filter(({ status }) => status === 'SUPPRESSED')
  await appendEvents(
    tx,
    suppressed.flatMap(({ occasionId }) => suppressedOf(occasionId, now)),
  )
}

/** The event about an e-mail of a campaign that will not be sent; none for other occasions. */
function suppressedOf(occasionId: string, at: Date) {
  const messageId = campaignMessageOf(occasionId)
  return messageId === null ? [] : [campaignMessageSettled({ messageId, outcome: 'SUPPRESSED', at })]
}

export type OccasionStore = ReturnType<typeof occasionStore>
