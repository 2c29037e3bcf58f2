import { copyApplied } from '@argyle/kit/copies'
import type { Envelope } from '@argyle/kit/envelope'
import { appendEvents } from '@argyle/kit/outbox'
import { read } from './events.ts'
import { withdrawAddress } from './saga/saga-store.ts'
import type { Tx } from './transaction.ts'

/**
 * Read model: where a customer's orders may go. Users waits for `orders.address.applied` before it answers a change, so a
 * customer who was answered finds the copy up to date. While orders was away that wait ended without it; therefore news
 * of a change also reaches the orders that were placed after the change and went by the older copy.
 */

/** users.address.saved: the address as it is now. */
export async function rememberAddress(message: Envelope, tx: Tx): Promise<void> {
  const { addressId, userId, recipient, line1, city, postalCode, countryCode, ...rest } =
    read.addressSaved(message)
  const { line2 = null, region = null } = rest
  const isNewer = await tx.$executeRaw`
    INSERT INTO customer_address (address_id, customer_id, recipient, line1, line2, city, region, postal_code,
                                  country_code, removed, sequence)
    VALUES (${addressId}, ${userId}, ${recipient}, ${line1}, ${line2}, ${city}, ${region}, ${postalCode},
            ${countryCode}, false, ${message.sequence})
    ON CONFLICT (address_id) DO UPDATE SET
      customer_id = EXCLUDED.customer_id, recipient = EXCLUDED.recipient, line1 = EXCLUDED.line1,
      line2 = EXCLUDED.line2, city = EXCLUDED.city, region = EXCLUDED.region, postal_code = EXCLUDED.postal_code,
      country_code = EXCLUDED.country_code, removed = false, sequence = EXCLUDED.sequence
     WHERE customer_address.sequence < EXCLUDED.sequence`
  if (isNewer === 1) await redirectOrders(message, tx)
  await appendEvents(tx, [copyApplied('orders.address.applied', message)])
}

/** Gives orders that were placed after the change, and are not packed yet, the address as it was by then. */
async function redirectOrders({ subject, sequence, time }: Envelope, tx: Tx): Promise<void> {
  await tx.$executeRaw`
    UPDATE orders o SET ship_recipient = a.recipient, ship_line1 = a.line1, ship_line2 = a.line2, ship_city = a.city,
           ship_region = a.region, ship_postal_code = a.postal_code, ship_country_code = a.country_code,
           ship_address_version = a.sequence
      FROM customer_address a
     WHERE a.address_id = ${subject} AND o.ship_address_id = a.address_id AND o.customer_id = a.customer_id
       AND o.ship_address_version < ${sequence} AND o.placed_at >= ${time}::timestamptz
       AND o.status IN ('PENDING', 'AWAITING_PAYMENT', 'CONFIRMED')`
}

/** users.address.removed: forgets what the address said, and keeps its row against a late `saved`. */
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
