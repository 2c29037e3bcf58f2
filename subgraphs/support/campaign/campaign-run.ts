// Tested in ../campaign-sending.int.test.ts: its transactions need a database.

import { randomBytes } from 'node:crypto'
import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { type Campaign, MAX_AUDIENCE, throttleOf } from './campaign.ts'
import { campaignMessaged, issueCoupon, type Released } from './campaign-events.ts'
import { lockCampaign, saveCampaign } from './campaign-store.ts'
import { type Arm, splitOf } from './split.ts'

type Tx = TransactionOf<PrismaClient>

/** Members that one transaction adds to an audience. */
const BATCH = 500

/** Pause before a campaign looks again whether its segment is evaluated. */
const BUILDING_MS = 1_000

const DUE = `
SELECT id FROM campaign WHERE due_at <= $1::timestamptz ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`

// Members without consent are left out of all groups, so that the groups do not differ in it.
const MEMBERS = `
SELECT m.user_id AS "userId" FROM segment_member m JOIN customer c USING (user_id)
 WHERE m.segment_id = $1 AND m.user_id > $2 AND c.accepts_campaigns AND NOT c.is_deleted
 ORDER BY m.user_id LIMIT $3`

const INSERT = `
INSERT INTO campaign_recipient (id, campaign_id, user_id, arm, place, token, coupon_code)
SELECT id, $2, "userId", arm, place, token, "couponCode"
  FROM jsonb_to_recordset($1::jsonb) AS r(id text, "userId" text, arm text, place bigint, token text, "couponCode" text)
ON CONFLICT (campaign_id, user_id) DO NOTHING`

const RELEASE = `
WITH next AS (
  SELECT id FROM campaign_recipient WHERE campaign_id = $1 AND released_at IS NULL ORDER BY place LIMIT $2 FOR UPDATE)
UPDATE campaign_recipient r SET released_at = $3::timestamptz FROM next WHERE r.id = next.id
RETURNING r.id, r.user_id AS "userId", r.arm, r.token, r.coupon_code AS "couponCode",
  (SELECT c.country_code FROM customer c WHERE c.user_id = r.user_id) AS "countryCode"`

/** Countries whose customers are written to in German. */
const GERMAN: readonly string[] = ['DE', 'AT', 'LI']

type ReleasedRow = {
  readonly id: string
  readonly userId: string | null
  readonly arm: Arm
  readonly token: string | null
  readonly couponCode: string | null
  readonly countryCode: string | null
}

/** Letters and digits that are not confused with each other: 5 bits each. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A code of 50 random bits. */
function newCode(): string {
  return `SOCKS-${[...randomBytes(10)].map((byte) => LETTERS[byte % LETTERS.length]).join('')}`
}

/** A recipient of a campaign. The token is random, so that a link reveals nothing and cannot be forged. */
function recipientOf({ id, controlPercent, variants, couponBasisPoints }: Campaign, userId: string) {
  const { arm, place } = splitOf(id, userId, { controlPercent, variants: variants.length })
  const isContacted = arm !== 'CONTROL'
  return {
    ...{ id: newId('cms'), userId, arm, place: String(place) },
    token: isContacted ? randomBytes(16).toString('base64url') : null,
    couponCode: isContacted && couponBasisPoints !== null ? newCode() : null,
  }
}

/**
 * The steps of campaigns: adding members to the audience, and releasing messages at the rate of the campaign.
 */
export function campaignRun(prisma: PrismaClient, clock: Clock) {
  /** Adds the next members to the audience. */
  async function gather(tx: Tx, campaign: Campaign, now: Date): Promise<Campaign> {
    const taken = await tx.campaignRecipient.count({ where: { campaignId: campaign.id } })
    const limit = Math.min(BATCH, MAX_AUDIENCE - taken)
    const { segmentId, audienceThrough } = campaign
    const segment = await tx.segment.findFirst({ where: { id: segmentId } })
    // Members are those of the former rule until the new one is evaluated.
    if (segment?.builtThrough != null) return { ...campaign, dueAt: new Date(now.getTime() + BUILDING_MS) }
    const members = await tx.$queryRawUnsafe<{ userId: string }[]>(
      MEMBERS,
      segmentId,
      audienceThrough ?? '',
      limit,
    )
    const recipients = members.map(({ userId }) => recipientOf(campaign, userId))
    if (recipients.length > 0) await tx.$executeRawUnsafe(INSERT, JSON.stringify(recipients), campaign.id)
    const isComplete = members.length < BATCH
    return {
      ...campaign,
      status: 'SENDING',
      audienceThrough: isComplete ? null : (members.at(-1)?.userId ?? null),
      audienceAt: isComplete ? now : null,
    }
  }

  /**
   * Releases the next messages. The control group takes turns too, so that all groups are compared over the
   * same time.
   */
  async function release(tx: Tx, campaign: Campaign, now: Date): Promise<Campaign> {
    const { count, pauseMs } = throttleOf(campaign.messagesPerMinute)
    const rows = await tx.$queryRawUnsafe<ReleasedRow[]>(RELEASE, campaign.id, count, now)
    const released = rows.flatMap(({ arm, userId, token, countryCode, ...row }): Released[] => {
      if (arm === 'CONTROL' || userId === null || token === null) return []
      const language = GERMAN.includes(countryCode ?? '') ? 'de' : 'en'
      return [{ ...row, userId, token, variant: arm, language }]
    })
    const parts = [...Map.groupBy(released, ({ variant, language }) => `${variant} ${language}`).values()]
    const coupons = released.filter(({ couponCode }) => couponCode !== null)
    await appendEvents(tx, [
      ...coupons.map((one) => issueCoupon(campaign, one, now)),
      ...parts.map((part, index) => campaignMessaged(campaign, campaign.sequence + index + 1, part, now)),
    ])
    const sequence = campaign.sequence + parts.length
    if (rows.length < count)
      return { ...campaign, sequence, status: 'SENT', dueAt: null, finishedAt: now, updatedAt: now }
    return { ...campaign, sequence, dueAt: new Date(now.getTime() + pauseMs) }
  }

  async function step(tx: Tx): Promise<boolean> {
    const now = clock()
    const [due] = await tx.$queryRawUnsafe<{ id: string }[]>(DUE, now)
    const campaign = due ? await lockCampaign(tx, due.id) : null
    if (!campaign) return false
    const isGathered = campaign.audienceAt !== null
    await saveCampaign(tx, await (isGathered ? release : gather)(tx, campaign, now))
    return true
  }

  return {
    /** Runs all due steps. Any number of replicas share the work, one campaign at a time. */
    async runDue(): Promise<void> {
      while (await prisma.$transaction(step));
    },
  }
}

export type CampaignRun = ReturnType<typeof campaignRun>
