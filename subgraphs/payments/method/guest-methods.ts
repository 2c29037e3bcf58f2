// Tested in ../guest-method.int.test.ts: its statements need a database.

import type { Tx } from '../transaction.ts'

/** Time for which a guest's method waits for its order. */
export const UNUSED_MS = 24 * 3_600_000
/** Maximum number of methods that one statement removes. */
export const REMOVAL_BATCH = 100

type Use = { readonly id: string; readonly orderId: string; readonly payerId: string | null }

/**
 * Binds a guest's method to the one order that it pays for, since its id is shown with that order to others,
 * e.g. staff.
 * @returns whether it pays for this order
 */
export async function bindMethod(tx: Tx, { id, orderId, payerId }: Use): Promise<boolean> {
  const bound = await tx.$executeRaw`
    UPDATE payment_method SET order_id = ${orderId}, payer_id = ${payerId}
     WHERE id = ${id} AND removed_at IS NULL AND (order_id IS NULL OR order_id = ${orderId})`
  return bound === 1
}

/**
 * Removes methods of guests that are no longer needed: their payment is over or captured, or they had no
 * order within a day. Skips methods locked by other replicas. @returns their number
 */
export async function removeGuestMethods(tx: Tx, now: Date): Promise<number> {
  const unused = new Date(now.getTime() - UNUSED_MS)
  return tx.$executeRaw`
    UPDATE payment_method SET removed_at = ${now}
     WHERE id = ANY(ARRAY(
       SELECT m.id FROM payment_method m LEFT JOIN payment p ON p.order_id = m.order_id
        WHERE m.customer_id IS NULL AND m.removed_at IS NULL
          AND (m.order_id IS NULL AND m.created_at <= ${unused}
               OR p.pending IS NULL
                  AND p.status IN ('DECLINED', 'VOIDED', 'CAPTURED', 'CAPTURE_FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED'))
        ORDER BY m.created_at LIMIT ${REMOVAL_BATCH} FOR UPDATE OF m SKIP LOCKED))`
}
