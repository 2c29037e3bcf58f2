import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { CopyWaiter } from '@argyle/kit/copies'
import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import { idempotent } from '@argyle/kit/idempotency'
import { appendEvents } from '@argyle/kit/outbox'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type UserError,
  type ValidationError,
  type VersionConflictError,
  validate,
} from '@argyle/kit/user-errors'
import { adjust, adjustmentSchema, type InsufficientStockError } from './adjustment.ts'
import { AVAILABILITY_CHANGED } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { incomingSchema, reorderPointSchema, setIncoming, setReorderPoint } from './replenishment.ts'
import { lockSiblings, saveLevels } from './stock-keeping.ts'
import type { LevelChange, StockLevel } from './stock-level.ts'
import { stockLevelById } from './stock-reader.ts'

/** Where staff's changes are kept, and when. */
export type StockKeeping = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  /** Whether carts go by this availability of a variant. */
  readonly availabilityCopied: CopyWaiter
}

/** A transaction, its instant, who asked by which mutation, and a list that takes up what it tells the other subgraphs. */
type Change = {
  readonly tx: TransactionOf<PrismaClient>
  readonly now: Date
  readonly actorId: string
  readonly action: string
  readonly told: NewEvent[]
}

/** Locks a level, lets a rule decide, and saves what it decided, events included. @returns the id of the level. */
async function change<E extends UserError>(
  { tx, now, actorId, action, told }: Change,
  levelId: string,
  rule: (level: StockLevel) => Decision<LevelChange, E>,
): Promise<Decision<string, E | ValidationError>> {
  const locked = await lockSiblings(tx, levelId)
  const level = locked.find(({ id }) => id === levelId)
  if (!level) return refuse(notFound('stock level', levelId, ['stockLevelId']))
  const decision = rule(level)
  if (!decision.ok) return decision
  const { before, after } = decision.value
  const events = await saveLevels(tx, locked, [decision.value], now)
  await recordChange(tx, { actorId, action, subjectId: levelId, before, after, at: now })
  await appendEvents(tx, events)
  told.push(...events)
  return accept(levelId)
}

/** Answers with the level as it is now, once carts go by the availability that the change made. */
async function reloaded<E>(
  { prisma, availabilityCopied }: StockKeeping,
  decision: Decision<string, E>,
  told: readonly NewEvent[],
): Promise<Decision<StockLevel, E>> {
  for (const { type, subject, sequence } of told)
    if (type === AVAILABILITY_CHANGED) await availabilityCopied(subject, sequence)
  return decision.ok ? accept(await stockLevelById(prisma, decision.value)) : decision
}

/** Changes the units on hand, once per idempotency key. */
export async function adjustStock(
  keeping: StockKeeping,
  actorId: string,
  input: unknown,
): Promise<
  Decision<
    StockLevel,
    InsufficientStockError | VersionConflictError | IdempotencyKeyReusedError | ValidationError
  >
> {
  const request = validate(adjustmentSchema, input)
  if (!request.ok) return request
  const { idempotencyKey: key, stockLevelId } = request.value
  const claim = { principal: actorId, mutation: 'adjustStock', key, request: input }
  const told: NewEvent[] = []
  const decision = await keeping.prisma.$transaction((tx) =>
    idempotent(tx, claim, () =>
      change({ tx, now: keeping.clock(), actorId, action: 'adjustStock', told }, stockLevelId, (level) =>
        adjust(level, request.value, actorId),
      ),
    ),
  )
  return reloaded(keeping, decision, told)
}

/** Sets when more of a variant is to be ordered. */
export async function changeReorderPoint(
  keeping: StockKeeping,
  actorId: string,
  input: unknown,
): Promise<Decision<StockLevel, VersionConflictError | ValidationError>> {
  const request = validate(reorderPointSchema, input)
  if (!request.ok) return request
  const told: NewEvent[] = []
  const decision = await keeping.prisma.$transaction((tx) =>
    change(
      { tx, now: keeping.clock(), actorId, action: 'setReorderPoint', told },
      request.value.stockLevelId,
      (level) => setReorderPoint(level, request.value),
    ),
  )
  return reloaded(keeping, decision, told)
}

/** Sets how many units a supplier has announced. */
export async function changeIncoming(
  keeping: StockKeeping,
  actorId: string,
  input: unknown,
): Promise<Decision<StockLevel, VersionConflictError | ValidationError>> {
  const request = validate(incomingSchema, input)
  if (!request.ok) return request
  const told: NewEvent[] = []
  const decision = await keeping.prisma.$transaction((tx) =>
    change(
      { tx, now: keeping.clock(), actorId, action: 'setIncomingStock', told },
      request.value.stockLevelId,
      (level) => setIncoming(level, request.value),
    ),
  )
  return reloaded(keeping, decision, told)
}
