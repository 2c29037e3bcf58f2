// Tested in no-oversell.int.test.ts: the statements need a database and concurrent writers.

import type { TransactionOf } from '@argyle/kit/database'
import type { NewEvent } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { executeLater } from '@argyle/kit/later'
import { changedAvailability } from './availability.ts'
import { availabilityChanged, stockLow } from './events.ts'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'
import { available, crossing, type LevelChange, type StockLevel } from './stock-level.ts'

type Tx = TransactionOf<PrismaClient>

/**
 * Locks all levels of these variants, in the order of their ids, and reads them.
 * Every change of stock starts here. The order of the ids rules out deadlocks. It locks all levels of a
 * variant, not only those that will change, since the published stock is their sum: two orders that took from
 * two warehouses would each count the other's units. A decision made on locked rows never has to be revised.
 */
export function lockLevels(tx: Tx, variantIds: readonly string[]): Promise<StockLevel[]> {
  return tx.$queryRaw<StockLevel[]>`
    SELECT id, variant_id AS "variantId", warehouse_id AS "warehouseId", on_hand AS "onHand", reserved, incoming,
           reorder_point AS "reorderPoint", version
      FROM stock_level WHERE variant_id = ANY(${variantIds}::text[]) ORDER BY id FOR UPDATE`
}

/** Locks a level and all other levels of its variant; empty if the level does not exist. */
export async function lockSiblings(tx: Tx, levelId: string): Promise<StockLevel[]> {
  const level = await tx.stockLevel.findUnique({ where: { id: levelId }, select: { variantId: true } })
  return level ? lockLevels(tx, [level.variantId]) : []
}

/**
 * Writes changes of locked levels, with the resulting ledger entries, published stock and alerts.
 * @param locked the result of `lockLevels`: all levels of these variants.
 * @param beside a statement that is executed with the first of these, to save one.
 * @returns the events to append to the outbox, in addition to the caller's own.
 */
export async function saveLevels(
  tx: Tx,
  locked: readonly StockLevel[],
  changes: readonly LevelChange[],
  { now, beside }: { readonly now: Date; readonly beside?: Prisma.Sql },
): Promise<NewEvent[]> {
  if (changes.length === 0) {
    if (beside) await executeLater(tx, beside)
    return []
  }
  await writeLevels(tx, changes, { now, beside })
  const after = changes.map((change) => change.after)
  const changed = await writeAvailability(tx, changedAvailability(locked, after), now)
  const low = await writeAlerts(tx, changes, now)
  return [...changed, ...low]
}

/** The version condition backs up the lock, and the table's CHECK backs up both. */
async function writeLevels(
  tx: Tx,
  changes: readonly LevelChange[],
  { now, beside }: { readonly now: Date; readonly beside: Prisma.Sql | undefined },
): Promise<void> {
  const rows = changes.map(({ before, after, cause }) => ({
    ...after,
    ...cause,
    onHandDelta: after.onHand - before.onHand,
    reservedDelta: after.reserved - before.reserved,
  }))
  const written = await tx.$executeRaw`
    WITH change AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS c(
        id text, version int, "onHand" int, reserved int, incoming int, "reorderPoint" int, kind stock_movement_kind,
        "onHandDelta" int, "reservedDelta" int, "orderId" text, "actorId" text)
    ), entry AS (
      INSERT INTO stock_movement
             (stock_level_id, kind, on_hand_delta, reserved_delta, on_hand, reserved, order_id, actor_id, at)
      SELECT id, kind, "onHandDelta", "reservedDelta", "onHand", reserved, "orderId", "actorId", ${now}::timestamptz
        FROM change WHERE kind IS NOT NULL
    )${beside ? Prisma.sql`, beside AS (${beside})` : Prisma.empty}
    UPDATE stock_level AS level
       SET on_hand = change."onHand", reserved = change.reserved, incoming = change.incoming,
           reorder_point = change."reorderPoint", version = level.version + 1
      FROM change
     WHERE level.id = change.id AND level.version = change.version
       -- The planner takes a record set for 100 rows, and would read the whole table for them.
       AND level.id = ANY(ARRAY(SELECT id FROM change))`
  if (written !== changes.length) throw new Error(`${changes.length} levels were locked, ${written} written`)
}

async function writeAvailability(
  tx: Tx,
  changed: ReturnType<typeof changedAvailability>,
  now: Date,
): Promise<NewEvent[]> {
  if (changed.length === 0) return []
  const rows = changed.map(({ variantId, stock }) => ({ id: variantId, ...stock }))
  const saved = await tx.$queryRaw<{ id: string; sequence: number }[]>`
    UPDATE variant
       SET availability_status = change.status, available_quantity = change."availableQuantity",
           availability_sequence = availability_sequence + 1, available_as_of = ${now}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS change(id text, status availability_status, "availableQuantity" int)
     WHERE variant.id = change.id AND variant.id = ANY(${rows.map(({ id }) => id)}::text[])
    RETURNING variant.id, availability_sequence AS sequence`
  const sequences = new Map(saved.map((row) => [row.id, row.sequence]))
  return changed.map(({ variantId, stock }) =>
    availabilityChanged(variantId, sequences.get(variantId) ?? 0, stock),
  )
}

async function writeAlerts(tx: Tx, changes: readonly LevelChange[], now: Date): Promise<NewEvent[]> {
  const risen = changes.filter((change) => crossing(change) === 'ROSE').map(({ after }) => after.id)
  if (risen.length > 0) {
    await tx.lowStockAlert.updateMany({
      where: { stockLevelId: { in: risen }, resolvedAt: null },
      data: { resolvedAt: now },
    })
  }
  const fallen = changes.filter((change) => crossing(change) === 'FELL').map(({ after }) => after)
  if (fallen.length === 0) return []
  const raised = await tx.lowStockAlert.createManyAndReturn({
    data: fallen.map((level) => ({
      id: newId('alr'),
      stockLevelId: level.id,
      availableQuantity: available(level),
      reorderPoint: level.reorderPoint,
      raisedAt: now,
    })),
    skipDuplicates: true,
  })
  const alertIds = new Map(raised.map((alert) => [alert.stockLevelId, alert.id]))
  return fallen.flatMap((level) => {
    const alertId = alertIds.get(level.id)
    return alertId ? [stockLow(alertId, { ...level, version: level.version + 1 })] : []
  })
}
