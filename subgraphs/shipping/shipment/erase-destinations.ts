// Tested in ../erasure.int.test.ts: its statements need a database.
import type { Erase } from '@argyle/kit/deleted-users'

const OPEN_PARCELS = `
EXISTS (SELECT 1 FROM shipment s WHERE s.order_id = f.order_id AND s.status IN ('PENDING', 'LABEL_CREATED', 'IN_TRANSIT'))`
const ERASE_ORDERS = `
UPDATE fulfilment f SET email = NULL, guest_proof_hash = NULL, address = NULL
 WHERE customer_id = $1 AND (email IS NOT NULL OR guest_proof_hash IS NOT NULL OR address IS NOT NULL) AND NOT ${OPEN_PARCELS}`
/** A carrier's text about a parcel may name places and people. */
const ERASE_TRACKING = `
UPDATE tracking_event e SET location = NULL, description = ''
  FROM fulfilment f JOIN shipment p ON p.order_id = f.order_id
 WHERE f.customer_id = $1 AND e.shipment_id = p.id AND (e.location IS NOT NULL OR e.description <> '') AND NOT ${OPEN_PARCELS}`
const ERASE_RETURNS = `
UPDATE return_request SET reason = NULL
 WHERE customer_id = $1 AND reason IS NOT NULL AND status IN ('REFUNDED', 'REJECTED', 'CANCELLED')`
const LEFT = `
SELECT 1 FROM fulfilment f WHERE customer_id = $1 AND ${OPEN_PARCELS}
UNION ALL
SELECT 1 FROM return_request WHERE customer_id = $1 AND reason IS NOT NULL LIMIT 1`

/**
 * Erases the destinations of a customer's orders, the carrier's texts about their parcels, and the reasons of
 * returns. A parcel under way keeps its address until it has arrived.
 */
export const eraseDestinations: Erase = async (tx, customerId) => {
  await tx.$executeRawUnsafe(ERASE_ORDERS, customerId)
  await tx.$executeRawUnsafe(ERASE_TRACKING, customerId)
  await tx.$executeRawUnsafe(ERASE_RETURNS, customerId)
  return (await tx.$queryRawUnsafe<unknown[]>(LEFT, customerId)).length > 0
}
