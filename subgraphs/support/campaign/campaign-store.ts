// Tested in ../campaigns.int.test.ts: its transactions need a database.

import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  validationError,
} from '@argyle/kit/user-errors'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import {
  type Campaign,
  type ChangeError,
  cancel,
  draft,
  MAX_AUDIENCE,
  MAX_OPEN_CAMPAIGNS,
  rewrite,
  schedule,
} from './campaign.ts'
import type { CancelCampaign, CreateCampaign, ScheduleCampaign, UpdateCampaign } from './campaign-input.ts'

type Tx = TransactionOf<PrismaClient>

/** Id of the advisory lock; an arbitrary number, equal in all replicas. */
const COUNT_LOCK = 4_304

/** The columns were validated when they were written. */
export const campaignOf = (row: Prisma.CampaignGetPayload<object>) => row as unknown as Campaign
const rowOf = (campaign: Campaign) => ({
  ...campaign,
  variants: campaign.variants as unknown as Prisma.InputJsonValue,
})

/** Locks a campaign; null if there is none. */
export async function lockCampaign(tx: Tx, id: string): Promise<Campaign | null> {
  await tx.$executeRaw`SELECT 1 FROM campaign WHERE id = ${id} FOR UPDATE`
  const row = await tx.campaign.findFirst({ where: { id } })
  return row && campaignOf(row)
}

export async function saveCampaign(tx: Tx, campaign: Campaign): Promise<void> {
  await tx.campaign.updateMany({ where: { id: campaign.id }, data: rowOf(campaign) })
}

async function segmentFault(tx: Tx, segmentId: string): Promise<ValidationError | null> {
  // The lock detects a concurrent deletion of the segment.
  await tx.$executeRaw`SELECT 1 FROM segment WHERE id = ${segmentId} FOR SHARE`
  const segment = await tx.segment.findFirst({ where: { id: segmentId, deletedAt: null } })
  return segment ? null : notFound('segment', segmentId, ['segmentId'])
}

async function sizeFault(tx: Tx, segmentId: string): Promise<ValidationError | null> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM
      (SELECT FROM segment_member WHERE segment_id = ${segmentId} LIMIT ${MAX_AUDIENCE + 1}) members`
  if (!row || row.count <= MAX_AUDIENCE) return null
  const message = `segment ${JSON.stringify(segmentId)} has more than ${MAX_AUDIENCE} members: allowed are ${MAX_AUDIENCE} at most`
  return validationError(message, ['id'])
}

/** The transactions of campaigns that marketers request. */
export function campaignStore(prisma: PrismaClient, clock: Clock) {
  async function insert(
    tx: Tx,
    actorId: string,
    { content }: CreateCampaign,
  ): Promise<Decision<string, ValidationError>> {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${COUNT_LOCK})`
    const open = await tx.campaign.count({ where: { finishedAt: null } })
    if (open >= MAX_OPEN_CAMPAIGNS) {
      const message = `there are ${open} campaigns that are not finished: allowed are ${MAX_OPEN_CAMPAIGNS} at most`
      return refuse(validationError(message))
    }
    const fault = await segmentFault(tx, content.segmentId)
    if (fault) return refuse(fault)
    const at = clock()
    const campaign = draft(newId('cmp'), content, at)
    await tx.campaign.createMany({ data: [rowOf(campaign)] })
    const change = { actorId, action: 'createCampaign', subjectId: campaign.id, before: null, at }
    await recordChange(tx, { ...change, after: campaign })
    return accept(campaign.id)
  }

  /** Locks a campaign, applies `decide` and saves what it accepts. */
  function change(
    actorId: string,
    action: string,
    id: string,
    decide: (
      campaign: Campaign,
      now: Date,
      tx: Tx,
    ) => Decision<Campaign, ChangeError> | Promise<Decision<Campaign, ChangeError>>,
  ): Promise<Decision<Campaign, ChangeError>> {
    return prisma.$transaction(async (tx): Promise<Decision<Campaign, ChangeError>> => {
      const before = await lockCampaign(tx, id)
      if (!before) return refuse(notFound('campaign', id, ['id']))
      const at = clock()
      const decision = await decide(before, at, tx)
      if (!decision.ok) return decision
      await saveCampaign(tx, decision.value)
      await recordChange(tx, { actorId, action, subjectId: id, before, after: decision.value, at })
      return decision
    })
  }

  return {
    /** Creates a draft, once per idempotency key. Accepts its id. */
    create(
      actorId: string,
      input: CreateCampaign,
    ): Promise<Decision<string, IdempotencyKeyReusedError | ValidationError>> {
      const claim = {
        principal: actorId,
        mutation: 'createCampaign',
        key: input.idempotencyKey,
        request: input,
      }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => insert(tx, actorId, input)))
    },

    update: (actorId: string, { id, expectedVersion, content }: UpdateCampaign) =>
      change(actorId, 'updateCampaign', id, async (campaign, now, tx) => {
        const decision = rewrite(campaign, expectedVersion, content, now)
        const fault = decision.ok ? await segmentFault(tx, content.segmentId) : null
        return fault ? refuse(fault) : decision
      }),

    schedule: (actorId: string, { id, expectedVersion, startsAt }: ScheduleCampaign) =>
      change(actorId, 'scheduleCampaign', id, async (campaign, now, tx) => {
        const decision = schedule(campaign, expectedVersion, startsAt, now)
        const { segmentId } = campaign
        const fault = decision.ok
          ? ((await segmentFault(tx, segmentId)) ?? (await sizeFault(tx, segmentId)))
          : null
        return fault ? refuse(fault) : decision
      }),

    cancel: (actorId: string, { id, expectedVersion }: CancelCampaign) =>
      change(actorId, 'cancelCampaign', id, (campaign, now) => cancel(campaign, expectedVersion, now)),
  }
}

export type CampaignStore = ReturnType<typeof campaignStore>
