import type { Tx } from '@argyle/kit/database'
import { executeLater } from '@argyle/kit/later'
import { detailsSchema, type Occasion } from './occasion.ts'

const NOTE = `
INSERT INTO occasion (id, kind, order_id, user_id, data, due_at, created_at)
VALUES ($1, $2, $3, $4, $5::jsonb, $6::timestamptz, $7::timestamptz) ON CONFLICT (id) DO NOTHING`

// The message that settles an occasion may arrive before the occasion. Its row then keeps the occasion from
// being inserted.
const SETTLE = `
INSERT INTO occasion (id, kind, order_id, user_id, data, state, due_at, created_at, note)
VALUES ($1, $2, $3, $4, $5::jsonb, 'DROPPED', $6::timestamptz, $6::timestamptz, 'settled before its message arrived')
ON CONFLICT (id) DO UPDATE SET state = 'DROPPED', note = EXCLUDED.note WHERE occasion.state = 'PENDING'`

/**
 * Saves an occasion once, however often its message is delivered. @throws ZodError for details that could not
 * be read again
 */
export async function insertOccasion(tx: Tx, occasion: Occasion, now: Date): Promise<void> {
  const { id, orderId, userId, details, delayMs = 0 } = occasion
  const dueAt = new Date(now.getTime() + delayMs)
  const data = JSON.stringify(detailsSchema.parse(details))
  await executeLater(tx, { text: NOTE, values: [id, details.kind, orderId, userId, data, dueAt, now] })
}

/** Prevents messages about an occasion from now on. */
export async function dropPendingOccasion(tx: Tx, occasion: Occasion, now: Date): Promise<void> {
  const { id, orderId, userId, details } = occasion
  await executeLater(tx, {
    text: SETTLE,
    values: [id, details.kind, orderId, userId, JSON.stringify(details), now],
  })
}
