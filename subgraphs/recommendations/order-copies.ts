// Tested in events.int.test.ts: the test delivers messages.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { executeLater } from '@argyle/kit/later'
import { recordProgress } from '@argyle/kit/progress'
import { z } from 'zod'
import { isKept } from './decay.ts'
import { oldestOf } from './progress.ts'

const placed = z.object({
  orderId: idSchema('ord'),
  customerId: idSchema('usr').nullish(),
  lines: z.array(z.object({ productId: idSchema('prd') })),
})
const cancelled = z.object({ orderId: idSchema('ord') })
const claimed = z.object({ orderId: idSchema('ord'), customerId: idSchema('usr') })

/** Maximum number of purchases that are stored for a buyer, the newest ones. */
export const MAX_PURCHASES = 100

/**
 * The first account that claims an order stays its buyer. No purchases are added to a closed order or for a
 * deleted account. Like CLOSE, it locks the rows of the orders in the order of their ids until the transaction ends, so that
 * messages of one order see each other's rows, and batches do not deadlock.
 */
const SAVE_ORDERS = `
INSERT INTO known_order AS kept (order_id, buyer_id, at)
SELECT o."orderId", o."buyerId", o.at FROM jsonb_to_recordset($1::jsonb) AS o("orderId" text, "buyerId" text, at timestamptz)
 WHERE NOT EXISTS (SELECT FROM deleted_user d WHERE d.user_id = o."buyerId") ORDER BY 1
ON CONFLICT (order_id) DO UPDATE SET buyer_id = coalesce(kept.buyer_id, EXCLUDED.buyer_id) WHERE NOT kept.is_closed
RETURNING order_id AS "orderId", buyer_id AS "buyerId"`

const SAVE_PURCHASES = `
INSERT INTO purchase (order_id, product_id, buyer_id, at)
SELECT p."orderId", p."productId", p."buyerId", p.at
  FROM jsonb_to_recordset($1::jsonb) AS p("orderId" text, "productId" text, "buyerId" text, at timestamptz) ORDER BY 1, 2
ON CONFLICT (order_id, product_id) DO NOTHING`

/** The purchases of a claimed guest order become those of the account. */
const ASSIGN = `
UPDATE purchase SET buyer_id = o.buyer_id FROM known_order o
 WHERE o.order_id = ANY($1::text[]) AND o.buyer_id IS NOT NULL AND purchase.order_id = o.order_id AND purchase.buyer_id <> o.buyer_id`

/** A new purchase changes the neighbours of everything that its buyer bought. */
const MARK = `
INSERT INTO stale_product (source, product_id, event_at)
SELECT DISTINCT 'PURCHASE', product_id, $2::timestamptz FROM purchase WHERE buyer_id = ANY($1::text[]) ORDER BY 2`

const TRIM = `
DELETE FROM purchase WHERE (order_id, product_id) IN (
  SELECT order_id, product_id
    FROM (SELECT order_id, product_id, row_number() OVER (PARTITION BY buyer_id ORDER BY at DESC, order_id, product_id) AS place
            FROM purchase WHERE buyer_id = ANY($1::text[])) AS numbered
   WHERE place > ${MAX_PURCHASES})`

type SavedOrder = { readonly orderId: string; readonly buyerId: string | null }

/** orders.order.placed: who bought what. The lines of repeated messages are added up to a set. */
export async function rememberOrders(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const now = new Date()
  const orders = messages
    // Older orders are ignored: after an order's row is deleted, a repeated message could not be recognised.
    .filter(({ time }) => isKept(new Date(time), now))
    .map(({ data, time }) => {
      const { orderId, customerId, lines } = placed.parse(data)
      return { orderId, buyerId: customerId ?? null, at: time, lines }
    })
  const saved = await saveOrders(tx, orders)
  const buyerOf = new Map(saved.map(({ orderId, buyerId }) => [orderId, buyerId ?? orderId]))
  const purchases = orders.flatMap(({ orderId, at, lines }) => {
    const buyerId = buyerOf.get(orderId)
    if (buyerId === undefined) return []
    return lines.map(({ productId }) => ({ orderId, productId, buyerId, at }))
  })
  await executeLater(tx, { text: SAVE_PURCHASES, values: [JSON.stringify(purchases)] })
  await settle(tx, saved, messages)
}

/**
 * orders.order.claimed: a guest's order now belongs to an account. The message may arrive before the order's.
 */
export async function assignOrders(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const orders = messages.map(({ data, time }) => {
    const { orderId, customerId } = claimed.parse(data)
    return { orderId, buyerId: customerId, at: time }
  })
  await settle(tx, await saveOrders(tx, orders), messages)
}

type OrderRow = { readonly orderId: string; readonly buyerId: string | null; readonly at: string }

/** Saves each order once, since one statement may not write a row twice; an assigned one before others. */
async function saveOrders(tx: Tx, orders: readonly OrderRow[]): Promise<SavedOrder[]> {
  const byId = new Map<string, OrderRow>()
  for (const { orderId, buyerId, at } of orders) {
    const known = byId.get(orderId)
    byId.set(orderId, { orderId, buyerId: known?.buyerId ?? buyerId, at: known?.at ?? at })
  }
  return tx.$queryRawUnsafe<SavedOrder[]>(SAVE_ORDERS, JSON.stringify([...byId.values()]))
}

async function settle(tx: Tx, saved: readonly SavedOrder[], messages: readonly Envelope[]): Promise<void> {
  const orderIds = saved.map(({ orderId }) => orderId)
  const buyerIds = [...new Set(saved.map(({ orderId, buyerId }) => buyerId ?? orderId))]
  await executeLater(tx, { text: ASSIGN, values: [orderIds] })
  await executeLater(tx, { text: MARK, values: [buyerIds, oldestOf(messages)] })
  await executeLater(tx, { text: TRIM, values: [buyerIds] })
  await recordProgress(tx, messages)
}

/** A cancelled order that is not known yet leaves a row, so that it is not added later. */
const CLOSE = `
INSERT INTO known_order AS kept (order_id, is_closed, at)
SELECT o."orderId", true, o.at FROM jsonb_to_recordset($1::jsonb) AS o("orderId" text, at timestamptz) ORDER BY 1
ON CONFLICT (order_id) DO UPDATE SET is_closed = true WHERE NOT kept.is_closed`

const MARK_ORDERS = `
INSERT INTO stale_product (source, product_id, event_at)
SELECT DISTINCT 'PURCHASE', p.product_id, $2::timestamptz FROM purchase p
 WHERE p.buyer_id IN (SELECT buyer_id FROM purchase WHERE order_id = ANY($1::text[])) ORDER BY 2`

const REMOVE = 'DELETE FROM purchase WHERE order_id = ANY($1::text[])'

/** orders.order.cancelled: its purchases no longer count. */
export async function cancelOrders(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const now = new Date()
  const orders = new Map(
    messages
      .filter(({ time }) => isKept(new Date(time), now))
      .map(({ data, time }) => [cancelled.parse(data).orderId, time]),
  )
  const ids = [...orders.keys()]
  await executeLater(tx, {
    text: CLOSE,
    values: [JSON.stringify([...orders].map(([orderId, at]) => ({ orderId, at })))],
  })
  await executeLater(tx, { text: MARK_ORDERS, values: [ids, oldestOf(messages)] })
  await executeLater(tx, { text: REMOVE, values: [ids] })
  await recordProgress(tx, messages)
}
