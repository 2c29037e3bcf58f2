// Tested in erasure.int.test.ts: its statements need a database.
import type { Erase } from '@argyle/kit/deleted-users'

/** Text in place of a recipient, a street and a town that are erased. */
export const ERASED = 'Erased'

const EMPTY_ADDRESSES = `
UPDATE customer_address SET recipient = NULL, line1 = NULL, line2 = NULL, city = NULL, region = NULL, postal_code = NULL,
       country_code = NULL, removed = true
 WHERE customer_id = $1 AND NOT (removed AND recipient IS NULL)`
const DROP_CART = `DELETE FROM cart WHERE customer_id = $1 AND state = 'OPEN'`
// Country and region stay, since the recorded tax depends on them.
const ERASE_ORDERS = `
UPDATE orders SET email = NULL, guest_secret_hash = NULL, ship_recipient = $2, ship_line1 = $2, ship_line2 = NULL, ship_city = $2,
       ship_postal_code = '', ship_address_id = NULL, ship_address_version = NULL
 WHERE customer_id = $1 AND step = 'DONE'
   AND (email IS NOT NULL OR (ship_recipient, ship_line1, ship_city) IS DISTINCT FROM ($2::text, $2::text, $2::text))`
const OPEN_ORDERS = `SELECT 1 FROM orders WHERE customer_id = $1 AND step <> 'DONE' LIMIT 1`

/**
 * Erases a customer's addresses and cart, and the personal data in their orders. An order under way keeps its
 * address until it is done.
 */
export const eraseCustomer: Erase = async (tx, customerId) => {
  await tx.$executeRawUnsafe(EMPTY_ADDRESSES, customerId)
  await tx.$executeRawUnsafe(DROP_CART, customerId)
  await tx.$executeRawUnsafe(ERASE_ORDERS, customerId, ERASED)
  return (await tx.$queryRawUnsafe<unknown[]>(OPEN_ORDERS, customerId)).length > 0
}
