// Tested in ../segments.int.test.ts: its transactions need a database.

import { isDeepStrictEqual } from 'node:util'
import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { Tx as KitTx, TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { MAX_SEGMENTS, type Segment } from './segment.ts'
import type { CreateSegment, DeleteSegment, UpdateSegment } from './segment-input.ts'

type Tx = TransactionOf<PrismaClient>
type ChangeError = VersionConflictError | ValidationError

/** Id of the advisory lock; an arbitrary number, equal in all replicas. */
const RULES_LOCK = 4_303

/** The conditions are stored as JSON. */
const jsonOf = (rule: Segment['rule']) => rule as unknown as Prisma.InputJsonValue

/** Locks rules: one transaction at a time saves segments or requests another evaluation of rules. */
export async function lockRules(tx: KitTx): Promise<void> {
  await tx.$executeRawUnsafe(`SELECT pg_advisory_xact_lock(${RULES_LOCK})`)
}

/** Names are assigned one at a time, so that no two are equal. */
async function takenName(tx: Tx, name: string, id: string | null): Promise<ValidationError | null> {
  await lockRules(tx)
  const where = { name, deletedAt: null, ...(id && { NOT: { id } }) }
  const other = await tx.segment.findFirst({ where })
  if (!other) return null
  const message = `name is ${JSON.stringify(name)}, which segment ${JSON.stringify(other.id)} has: allowed is another one`
  return validationError(message, ['name'])
}

async function lockSegment(
  tx: Tx,
  { id, expectedVersion }: DeleteSegment,
): Promise<Decision<Segment, ChangeError>> {
  await tx.$executeRaw`SELECT 1 FROM segment WHERE id = ${id} FOR UPDATE`
  const row = await tx.segment.findFirst({ where: { id, deletedAt: null } })
  if (!row) return refuse(notFound('segment', id, ['id']))
  if (row.version !== expectedVersion) return refuse(versionConflict(expectedVersion, row.version))
  // The column was validated when it was written.
  return accept({ ...row, rule: row.rule as unknown as Segment['rule'] })
}

/** The transactions of segments. A new rule is evaluated for all customers by a timer. */
export function segmentStore(prisma: PrismaClient, clock: Clock) {
  async function insert(
    tx: Tx,
    actorId: string,
    { name, description, all, alternatives }: CreateSegment,
  ): Promise<Decision<string, ValidationError>> {
    const taken = await takenName(tx, name, null)
    if (taken) return refuse(taken)
    if ((await tx.segment.count()) >= MAX_SEGMENTS) {
      const message = `there are ${MAX_SEGMENTS} segments already: allowed are ${MAX_SEGMENTS} at most`
      return refuse(validationError(message))
    }
    const at = clock()
    const rule = [...all, ...alternatives]
    const segment: Segment = {
      ...{ id: newId('seg'), name, description, rule, version: 1 },
      ...{ createdAt: at, updatedAt: at, builtThrough: '' },
    }
    await tx.segment.createMany({ data: [{ ...segment, rule: jsonOf(rule) }] })
    const change = { actorId, action: 'createSegment', subjectId: segment.id, before: null, at }
    await recordChange(tx, { ...change, after: segment })
    return accept(segment.id)
  }

  return {
    /** Creates a segment, once per idempotency key. Accepts its id. */
    create(
      actorId: string,
      input: CreateSegment,
    ): Promise<Decision<string, IdempotencyKeyReusedError | ValidationError>> {
      const claim = {
        principal: actorId,
        mutation: 'createSegment',
        key: input.idempotencyKey,
        request: input,
      }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => insert(tx, actorId, input)))
    },

    /** Replaces name, description and rule. Members are those of the former rule until the new one is evaluated. */
    update(actorId: string, input: UpdateSegment): Promise<Decision<Segment, ChangeError>> {
      return prisma.$transaction(async (tx): Promise<Decision<Segment, ChangeError>> => {
        const { id, name, description, all, alternatives } = input
        const rule = [...all, ...alternatives]
        const taken = await takenName(tx, name, id)
        const found = await lockSegment(tx, input)
        if (!found.ok) return found
        if (taken) return refuse(taken)
        const [at, before] = [clock(), found.value]
        const isSameRule = isDeepStrictEqual(before.rule, rule)
        const builtThrough = isSameRule ? before.builtThrough : ''
        const version = before.version + 1
        const after: Segment = { ...before, name, description, rule, version, updatedAt: at, builtThrough }
        await tx.segment.updateMany({ where: { id }, data: { ...after, rule: jsonOf(rule) } })
        await recordChange(tx, { actorId, action: 'updateSegment', subjectId: id, before, after, at })
        return accept(after)
      })
    },

    /** Deletes a segment. Its members are removed by a timer. Accepts its id. */
    delete(actorId: string, input: DeleteSegment): Promise<Decision<string, ChangeError>> {
      return prisma.$transaction(async (tx): Promise<Decision<string, ChangeError>> => {
        const found = await lockSegment(tx, input)
        if (!found.ok) return found
        const running = { segmentId: input.id, status: { in: ['SCHEDULED', 'SENDING'] } }
        const campaign = await tx.campaign.findFirst({ where: running })
        if (campaign) {
          const message = `id is ${JSON.stringify(input.id)}, which campaign ${JSON.stringify(campaign.id)} is ${campaign.status} for: allowed is one that no campaign needs`
          return refuse(validationError(message, ['id']))
        }
        const at = clock()
        await tx.segment.updateMany({ where: { id: input.id }, data: { deletedAt: at } })
        const change = { actorId, action: 'deleteSegment', subjectId: input.id, at }
        await recordChange(tx, { ...change, before: found.value, after: null })
        return accept(input.id)
      })
    },
  }
}

export type SegmentStore = ReturnType<typeof segmentStore>
