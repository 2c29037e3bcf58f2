// Tested in staff.int.test.ts: its transactions need a database.

import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { CopyWaiter } from '@argyle/kit/copies'
import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import {
  echo,
  notFound,
  type UserError,
  type ValidationError,
  validationError,
} from '@argyle/kit/user-errors'
import { type Adjustment, adjust } from './adjustment.ts'
import { AVAILABILITY_CHANGED } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import {
  type IncomingChange,
  type ReorderPointChange,
  setIncoming,
  setReorderPoint,
} from './replenishment.ts'
import { lockSiblings, saveLevels } from './stock-keeping.ts'
import type { LevelChange, StockLevel } from './stock-level.ts'
import type { NewStockLevel } from './stock-level-input.ts'
import { stockLevelById } from './stock-level-reads.ts'

type Tx = TransactionOf<PrismaClient>

/** The dependencies of the store. */
export type StockKeeping = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  /** Waits until orders' copy has this availability of a variant. */
  readonly availabilityCopied: CopyWaiter
}

/** The caller and the mutation. */
type Act = { readonly actorId: string; readonly action: string }

/** A transaction with its time, caller, and the list of availability changes to publish. */
type Change = Act & { readonly tx: Tx; readonly now: Date; readonly published: NewEvent[] }

/** Locks a level, applies a rule, and saves the result with its events. @returns the id of the level */
async function change<E extends UserError>(
  { tx, now, actorId, action, published }: Change,
  levelId: string,
  rule: (level: StockLevel) => Decision<LevelChange, E>,
): Promise<Decision<string, E | ValidationError>> {
  const locked = await lockSiblings(tx, levelId)
  const level = locked.find(({ id }) => id === levelId)
  if (!level) return refuse(notFound('stock level', levelId, ['stockLevelId']))
  const decision = rule(level)
  if (!decision.ok) return decision
  const { before, after } = decision.value
  const events = await saveLevels(tx, locked, [decision.value], { now })
  const saved = { ...after, version: after.version + 1 }
  await recordChange(tx, { actorId, action, subjectId: levelId, before, after: saved, at: now })
  await appendEvents(tx, events)
  published.push(...events)
  return accept(levelId)
}

async function insert(
  tx: Tx,
  { variantId, warehouseId, reorderPoint }: NewStockLevel,
  { actorId, at }: { actorId: string; at: Date },
): Promise<Decision<string, ValidationError>> {
  const variant = await tx.variant.count({ where: { id: variantId } })
  if (variant === 0) return refuse(notFound('variant', variantId, ['variantId']))
  const warehouse = await tx.warehouse.count({ where: { id: warehouseId } })
  if (warehouse === 0) return refuse(notFound('warehouse', warehouseId, ['warehouseId']))
  const data = { id: newId('stk'), variantId, warehouseId, reorderPoint }
  const { count } = await tx.stockLevel.createMany({ data, skipDuplicates: true })
  if (count === 0) {
    const held = `warehouseId is ${echo(warehouseId)}: allowed is a warehouse that does not hold the variant yet`
    return refuse(validationError(held, ['warehouseId']))
  }
  const action = 'createStockLevel'
  await recordChange(tx, { actorId, action, subjectId: data.id, before: null, after: data, at })
  return accept(data.id)
}

/** The transactions of stock levels that staff change. */
export function stockLevelStore({ prisma, clock, availabilityCopied }: StockKeeping) {
  /** Resolves to the current level, after orders has applied the changed availability. */
  async function reloaded<E>(
    decision: Decision<string, E>,
    published: readonly NewEvent[] = [],
  ): Promise<Decision<StockLevel, E>> {
    for (const { type, subject, sequence } of published)
      if (type === AVAILABILITY_CHANGED) await availabilityCopied(subject, sequence)
    return decision.ok ? accept(await stockLevelById(prisma, decision.value)) : decision
  }

  async function set<E extends UserError>(
    act: Act,
    levelId: string,
    rule: (level: StockLevel) => Decision<LevelChange, E>,
  ): Promise<Decision<StockLevel, E | ValidationError>> {
    const published: NewEvent[] = []
    const decision = await prisma.$transaction((tx) =>
      change({ ...act, tx, now: clock(), published }, levelId, rule),
    )
    return reloaded(decision, published)
  }

  return {
    /** Creates the empty level of a variant in a warehouse, once per idempotency key. */
    async create(actorId: string, input: NewStockLevel) {
      const { idempotencyKey: key } = input
      const claim = { principal: actorId, mutation: 'createStockLevel', key, request: input }
      const act = { actorId, at: clock() }
      return reloaded(await prisma.$transaction((tx) => idempotent(tx, claim, () => insert(tx, input, act))))
    },

    /** Changes the units on hand, once per idempotency key. */
    async adjust(actorId: string, input: Adjustment & { readonly idempotencyKey: string }) {
      const { idempotencyKey: key, stockLevelId } = input
      const claim = { principal: actorId, mutation: 'adjustStock', key, request: input }
      const published: NewEvent[] = []
      const act = { actorId, action: 'adjustStock' }
      const decision = await prisma.$transaction((tx) =>
        idempotent(tx, claim, () =>
          change({ ...act, tx, now: clock(), published }, stockLevelId, (level) =>
            adjust(level, input, actorId),
          ),
        ),
      )
      return reloaded(decision, published)
    },

    /** Sets the reorder point of a level. */
    setReorderPoint: (actorId: string, input: ReorderPointChange) =>
      set({ actorId, action: 'setReorderPoint' }, input.stockLevelId, (level) =>
        setReorderPoint(level, input),
      ),

    /** Sets the units that a supplier has announced. */
    setIncoming: (actorId: string, input: IncomingChange) =>
      set({ actorId, action: 'setIncomingStock' }, input.stockLevelId, (level) => setIncoming(level, input)),
  }
}

export type StockLevelStore = ReturnType<typeof stockLevelStore>
