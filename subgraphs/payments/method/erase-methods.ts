// Tested in ../erasure.int.test.ts: its statements need a database.
import type { Erase } from '@argyle/kit/deleted-users'

// The timer that detaches removed methods deletes them at the gateway.
const REMOVE = `
UPDATE payment_method SET removed_at = $2::timestamptz, is_default = false
 WHERE (customer_id = $1 OR payer_id = $1) AND removed_at IS NULL`
const ERASE = `
UPDATE payment_method SET last4 = CASE kind WHEN 'CARD' THEN '0000' END, exp_month = CASE kind WHEN 'CARD' THEN 1 END,
       exp_year = CASE kind WHEN 'CARD' THEN 2000 END, account = CASE kind WHEN 'WALLET' THEN 'Erased' END
 WHERE (customer_id = $1 OR payer_id = $1)
   AND CASE kind WHEN 'CARD' THEN (last4, exp_month, exp_year) IS DISTINCT FROM ('0000', 1, 2000) ELSE account <> 'Erased' END`

/** Removes a customer's payment methods, and those of guests that paid for the customer's orders, and erases their numbers. Payments keep their amounts. */
export const eraseMethods: Erase = async (tx, customerId, now) => {
  await tx.$executeRawUnsafe(REMOVE, customerId, now)
  await tx.$executeRawUnsafe(ERASE, customerId)
  return false
}
