import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
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
import type { PrismaClient } from './generated/prisma/client.ts'
import { incomingSchema, reorderPointSchema, setIncoming, setReorderPoint } from './replenishment.ts'
import { lockSiblings, saveLevels } from './stock-keeping.ts'
import type { LevelChange, StockLevel } from './stock-level.ts'
import { stockLevelById } from './stock-reader.ts'

/** Where staff's changes are kept, and when. */
export type StockKeeping = { readonly prisma: PrismaClient; readonly clock: Clock }

/** Locks a level, lets a rule decide, and saves what it decided, events included. @returns the id of the level. */
async function change<E extends UserError>(
  tx: TransactionOf<PrismaClient>,
  now: Date,
  levelId: string,
  rule: (level: StockLevel) => Decision<LevelChange, E>,
): Promise<Decision<string, E | ValidationError>> {
  const locked = await lockSiblings(tx, levelId)
  const level = locked.find(({ id }) => id === levelId)
  if (!level) return refuse(notFound('stock level', levelId, ['stockLevelId']))
  const decision = rule(level)
  if (!decision.ok) return decision
  await appendEvents(tx, await saveLevels(tx, locked, [decision.value], now))
  return accept(levelId)
}

async function reloaded<E>(
  prisma: PrismaClient,
  decision: Decision<string, E>,
): Promise<Decision<StockLevel, E>> {
  return decision.ok ? accept(await stockLevelById(prisma, decision.value)) : decision
}

/** Changes the units on hand, once per idempotency key. */
export async function adjustStock(
  { prisma, clock }: StockKeeping,
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
  const decision = await prisma.$transaction((tx) =>
    idempotent(tx, claim, () =>
      change(tx, clock(), stockLevelId, (level) => adjust(level, request.value, actorId)),
    ),
  )
  return reloaded(prisma, decision)
}

/** Sets when more of a variant is to be ordered. */
export async function changeReorderPoint(
  { prisma, clock }: StockKeeping,
  input: unknown,
): Promise<Decision<StockLevel, VersionConflictError | ValidationError>> {
  const request = validate(reorderPointSchema, input)
  if (!request.ok) return request
  const decision = await prisma.$transaction((tx) =>
    change(tx, clock(), request.value.stockLevelId, (level) => setReorderPoint(level, request.value)),
  )
  return reloaded(prisma, decision)
}

/** Sets how many units a supplier has announced. */
export async function changeIncoming(
  { prisma, clock }: StockKeeping,
  input: unknown,
): Promise<Decision<StockLevel, VersionConflictError | ValidationError>> {
  const request = validate(incomingSchema, input)
  if (!request.ok) return request
  const decision = await prisma.$transaction((tx) =>
    change(tx, clock(), request.value.stockLevelId, (level) => setIncoming(level, request.value)),
  )
  return reloaded(prisma, decision)
}
