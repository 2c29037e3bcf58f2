import { copyApplied } from '@argyle/kit/copies'
import { isDeletedUser } from '@argyle/kit/deleted-users'
import type { Envelope } from '@argyle/kit/envelope'
import { appendEvents } from '@argyle/kit/outbox'
import { read } from './events.ts'
import { withdrawAddress, withdrawOrder } from './saga/saga-store.ts'
import type { Tx } from './transaction.ts'

/**
 * Copies of customers' addresses. The users subgraph waits for `orders.address.applied` before it answers a
 * change, so that the copy is normally up to date. That wait is bounded, and ends without the copy when
 * orders is down. Therefore a changed address is also applied to the orders that were placed with the older
 * copy after the change.
 */

/** users.address.saved: the current address. An address of a deleted account that arrives late is ignored. */
export async function rememberAddress(message: Envelope, tx: Tx, now: Date): Promise<void> {
  const { addressId, userId, recipient, line1, city, postalCode, countryCode, ...rest } =
    read.addressSaved(message)
  const { line2 = null, region = null } = rest
  if (await isDeletedUser(tx, userId))
    return appendEvents(tx, [copyApplied('orders.address.applied', message)])
  const isNewer = await tx.$executeRaw`
    INSERT INTO customer_address (address_id, customer_id, recipient, line1, line2, city, region, postal_code,
                                  country_code, removed, sequence)
    VALUES (${addressId}, ${userId}, ${recipient}, ${line1}, ${line2}, ${city}, ${region}, ${postalCode},
            ${countryCode}, false, ${message.sequence})
    ON CONFLICT (address_id) DO UPDATE SET
      recipient = EXCLUDED.recipient, line1 = EXCLUDED.line1, line2 = EXCLUDED.line2, city = EXCLUDED.city,
      region = EXCLUDED.region, postal_code = EXCLUDED.postal_code, country_code = EXCLUDED.country_code,
      removed = false, sequence = EXCLUDED.sequence
     WHERE customer_address.sequence < EXCLUDED.sequence`
  if (isNewer === 1) await redirectOrders(message, tx, now)
  await appendEvents(tx, [copyApplied('orders.address.applied', message)])
}

/**
 * Applies a changed address to the orders that were placed after the change. An unpaid order gets the new
 * address. An order that is already paid, or whose shipping or tax was calculated for another place, is
 * cancelled and its lines return to the cart. If its payment is being captured, it is cancelled once it is
 * confirmed. The orders are locked first, so that none is confirmed between the two statements.
 */
async function redirectOrders({ subject, sequence, time }: Envelope, tx: Tx, now: Date): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM orders WHERE ship_address_id = ${subject} AND placed_at >= ${time}::timestamptz ORDER BY id FOR UPDATE`
  const moved = await tx.$queryRaw<{ id: string }[]>`
    SELECT o.id FROM orders o JOIN customer_address a ON a.address_id = o.ship_address_id AND a.customer_id = o.customer_id
     WHERE a.address_id = ${subject} AND o.ship_address_version < ${sequence} AND o.placed_at >= ${time}::timestamptz
       AND ((o.status IN ('CONFIRMED', 'FULFILLING') AND o.ship_rate_id IS NOT NULL) OR (
         o.status IN ('PENDING', 'AWAITING_PAYMENT') AND (o.ship_rate_id IS NOT NULL OR o.tax_minor + o.included_tax_minor > 0)
         AND (a.country_code, a.region, a.postal_code) IS DISTINCT FROM (o.ship_country_code, o.ship_region, o.ship_postal_code)))
     ORDER BY o.id`
  const ids = moved.map(({ id }) => id)
  await tx.$executeRaw`
    UPDATE orders o SET ship_recipient = a.recipient, ship_line1 = a.line1, ship_line2 = a.line2, ship_city = a.city,
           ship_region = a.region, ship_postal_code = a.postal_code, ship_country_code = a.country_code,
           ship_address_version = a.sequence
      FROM customer_address a
     WHERE a.address_id = ${subject} AND o.ship_address_id = a.address_id AND o.customer_id = a.customer_id
       AND o.ship_address_version < ${sequence} AND o.placed_at >= ${time}::timestamptz AND o.id <> ALL(${ids})
       AND (o.status IN ('PENDING', 'AWAITING_PAYMENT') OR (o.status = 'CONFIRMED' AND o.ship_rate_id IS NULL))`
  for (const id of ids) await withdrawOrder(tx, id, now)
}

/** users.address.removed: clears the address and keeps the row, so that a late `saved` is ignored. */
export async function forgetAddress(message: Envelope, tx: Tx, now: Date): Promise<void> {
  const { addressId, userId } = read.addressRemoved(message)
  const isNewer = await tx.$executeRaw`
    INSERT INTO customer_address (address_id, customer_id, removed, sequence)
    VALUES (${addressId}, ${userId}, true, ${message.sequence})
    ON CONFLICT (address_id) DO UPDATE SET
      recipient = NULL, line1 = NULL, line2 = NULL, city = NULL, region = NULL, postal_code = NULL,
      country_code = NULL, removed = true, sequence = EXCLUDED.sequence
     WHERE customer_address.sequence < EXCLUDED.sequence`
  if (isNewer === 1) await withdrawAddress(tx, { addressId, since: new Date(message.time), now })
  await appendEvents(tx, [copyApplied('orders.address.applied', message)])
}
