// Tested in events.int.test.ts: the test delivers messages.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { executeLater } from '@argyle/kit/later'
import { recordProgress } from '@argyle/kit/progress'
import { z } from 'zod'
import type { PrismaClient } from './generated/prisma/client.ts'
import { excludeListings, lockListings, shareListings } from './listing-rows.ts'
import { isRemembered, REMEMBERED_DAYS, weightAt } from './popularity.ts'

const placed = z.object({
  orderId: idSchema('ord'),
  lines: z.array(z.object({ productId: idSchema('prd'), quantity: z.int().min(1) })),
})
const cancelled = z.object({ orderId: idSchema('ord') })

/** A line counts once, however many messages contain it, and not at all if the cancellation arrived first. */
const COUNT = `
WITH line AS (
  SELECT l."orderId", l."productId", l.weight, l."placedAt"
    FROM jsonb_to_recordset($1::jsonb) AS l("orderId" text, "productId" text, weight float8, "placedAt" timestamptz)
   -- A scalar subquery is looked up in the index; NOT EXISTS would become a join that reads the whole table.
   WHERE (SELECT c.order_id FROM ordered_product c WHERE c.order_id = l."orderId" AND c.product_id = '') IS NULL
), added AS (
  INSERT INTO ordered_product (order_id, product_id, weight, placed_at)
  SELECT "orderId", "productId", weight, "placedAt" FROM line ORDER BY 1, 2
  ON CONFLICT DO NOTHING RETURNING product_id, weight
), total AS (
  SELECT product_id, sum(weight) AS weight FROM added GROUP BY product_id ORDER BY product_id
), listed AS (
  INSERT INTO listing AS kept (product_id, popularity) SELECT product_id, weight FROM total
  ON CONFLICT (product_id) DO UPDATE SET popularity = kept.popularity + EXCLUDED.popularity RETURNING 1
)
-- The count completes listed first: a listing that is not there yet is not locked, and indexProducts writes the two tables in that order.
INSERT INTO best_seller AS kept (product_id, popularity) SELECT product_id, weight FROM total WHERE (SELECT count(*) FROM listed) > 0
ON CONFLICT (product_id) DO UPDATE SET popularity = kept.popularity + EXCLUDED.popularity`

/** orders.order.placed: adds to sales. */
export async function countOrders(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const now = new Date()
  const rows = messages.flatMap(({ data, time }) => {
    const { orderId, lines } = placed.parse(data)
    const placedAt = new Date(time)
    // After an order is deleted here, a duplicate message could not be recognised.
    if (!isRemembered(placedAt, now)) return []
    const units = new Map<string, number>()
    for (const { productId, quantity } of lines) units.set(productId, (units.get(productId) ?? 0) + quantity)
    return [...units].map(([productId, quantity]) => ({
      orderId,
      productId,
      weight: quantity * weightAt(placedAt),
      placedAt,
    }))
  })
  await begin(tx, messages)
  await lockOrders(
    tx,
    rows.map(({ orderId }) => orderId),
  )
  await lockListings(
    tx,
    rows.map(({ productId }) => productId),
  )
  await executeLater(tx, { text: COUNT, values: [JSON.stringify(rows)] })
  await recordProgress(tx, messages)
}

const TAKE_BACK = `
WITH taken AS (
  UPDATE ordered_product SET cancelled = true WHERE order_id = ANY($1::text[]) AND NOT cancelled AND product_id <> ''
  RETURNING product_id, weight
), total AS (
  SELECT product_id, sum(weight) AS weight FROM taken GROUP BY product_id
), tombstone AS (
  INSERT INTO ordered_product (order_id, product_id, weight, cancelled, placed_at)
  SELECT id, '', 0, true, now() FROM unnest($1::text[]) AS id ORDER BY id ON CONFLICT DO NOTHING
), listed AS (
  UPDATE listing SET popularity = GREATEST(0, popularity - total.weight) FROM total WHERE listing.product_id = total.product_id
)
UPDATE best_seller SET popularity = GREATEST(0, popularity - total.weight) FROM total WHERE best_seller.product_id = total.product_id`

/** orders.order.cancelled: subtracts from sales. */
export async function subtractOrders(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const ids = [...new Set(messages.map(({ data }) => cancelled.parse(data).orderId))]
  await begin(tx, messages)
  await lockOrders(tx, ids)
  const rows = await tx.$queryRawUnsafe<{ productId: string }[]>(
    `SELECT product_id AS "productId" FROM ordered_product WHERE order_id = ANY($1::text[])`,
    ids,
  )
  await lockListings(
    tx,
    rows.map(({ productId }) => productId),
  )
  await executeLater(tx, { text: TAKE_BACK, values: [ids] })
  await recordProgress(tx, messages)
}

/** A replay has placed and cancelled orders in turns, and locks listings for each turn. */
const begin = (tx: Tx, messages: readonly Envelope[]) =>
  messages.some(({ replayed }) => replayed) ? excludeListings(tx) : shareListings(tx)

const LOCK_ORDERS = `
SELECT count(pg_advisory_xact_lock(key)) FROM (
  SELECT DISTINCT hashtextextended(id, 0) AS key FROM unnest($1::text[]) AS id ORDER BY 1) AS keys`

/** Serialises messages of one order, so that each sees the other's rows. */
async function lockOrders(tx: Tx, orderIds: readonly string[]): Promise<void> {
  await executeLater(tx, { text: LOCK_ORDERS, values: [orderIds] })
}

/** Rows that one statement deletes. */
const BATCH = 1_000
const FORGET = `
DELETE FROM ordered_product WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM ordered_product WHERE placed_at < $1::timestamptz - interval '${REMEMBERED_DAYS + 1} days' LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`

/** Deletes orders that no longer count. */
export async function deleteOldOrders(prisma: PrismaClient, now: Date): Promise<void> {
  while ((await prisma.$executeRawUnsafe(FORGET, now)) === BATCH);
}
