// Tested in neighbours.int.test.ts: rows are deleted by a statement.

import { KEPT_DAYS } from './decay.ts'
import type { PrismaClient } from './generated/prisma/client.ts'

/** Rows that one statement deletes. */
const BATCH = 1_000

/**
 * Rows past their retention. An order is kept a day longer than its purchases, so that its repeated messages
 * are still recognised.
 */
const OLD = [
  { table: 'purchase', days: KEPT_DAYS.PURCHASE },
  { table: 'known_order', days: KEPT_DAYS.PURCHASE + 1 },
  { table: 'product_view', days: KEPT_DAYS.VIEW },
] as const

/** Deletes old purchases, orders and views, in batches. Rows that another transaction has locked wait for the next run. */
export async function deleteOldRows(prisma: PrismaClient, now: Date): Promise<void> {
  for (const { table, days } of OLD) {
    const forget = `
      DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ${table} WHERE at < $1::timestamptz - interval '${days} days' LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`
    while ((await prisma.$executeRawUnsafe(forget, now)) === BATCH);
  }
}
