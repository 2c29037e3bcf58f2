// Tested in ../saga.int.test.ts: rows are locked by the store.

import { equalsAny } from '@argyle/kit/select'
import { Prisma } from '../generated/prisma/client.ts'
import type { Tx } from '../transaction.ts'
import { lockedOrder, type OrderRow } from './row-to-saga.ts'
import type { Saga, SagaOrder } from './saga.ts'

/** A locked order with its saga. */
export type LockedOrder = {
  readonly order: SagaOrder & { readonly cartId: string; readonly withdrawn: boolean }
  readonly saga: Saga
}

/**
 * Columns of an order. Two stages do not depend on lines; their rows are read without them. Lines do not
 * change.
 */
const COLUMNS = Prisma.sql`
  o.id, o.number, o.customer_id AS "customerId", o.email, o.guest_secret_hash AS "guestSecretHash", o.cart_id AS "cartId",
  o.status::text, o.step::text, o.version,
  o.attempts, o.reservation_id AS "reservationId", o.cancel_reason::text AS "cancelReason", o.currency::text,
  o.total_minor AS "totalMinor", o.payment_method_id AS "paymentMethodId", o.pay_later AS "payLater", o.pay_until AS "payUntil", o.withdrawn,
  o.ship_rate_id AS "rateId", o.ship_carrier AS "carrier", o.ship_service AS "service",
  o.shipping_minor + o.shipping_tax_minor AS "shippingPaidMinor", o.allocations, o.undo_stock AS "undoStock",
  o.undo_payment AS "undoPayment", o.refund_try AS "refundTry", o.captured_minor AS "capturedMinor",
  o.refunded_minor AS "refundedMinor", o.reversed_minor AS "reversedMinor",
  o.credited_minor AS "creditedMinor", o.parcel_count AS "parcelCount",
  jsonb_build_object('recipient', o.ship_recipient, 'line1', o.ship_line1, 'line2', o.ship_line2, 'city', o.ship_city,
    'region', o.ship_region, 'postalCode', o.ship_postal_code, 'countryCode', o.ship_country_code) AS address,
  CASE WHEN o.step::text NOT IN ('AUTHORIZING', 'RELEASING') THEN
    (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'variantId', l.variant_id, 'quantity', l.quantity,
              'paidMinor', (l.unit_minor * l.quantity - l.discount_minor + l.tax_minor)::text,
              'weightGrams', l.weight_grams) ORDER BY l.position)
       FROM order_line l WHERE l.order_id = o.id) END AS lines`

type SaleRow = { readonly id: string } & Pick<OrderRow, 'parcels' | 'claims'>
type Locked = Omit<OrderRow, 'parcels' | 'claims'>

/** Tests whether an order can have parcels and claims. Only a paid order has them. */
function canBeSold({ status, capturedMinor, rateId }: Locked): boolean {
  return status !== 'PENDING' && status !== 'AWAITING_PAYMENT' && (capturedMinor > 0n || rateId !== null)
}

/**
 * Reads the parcels and claims of locked orders in a separate statement. A statement that waits for a lock
 * sees the current version of the locked row, but all other tables as they were when it began.
 */
async function withSales(tx: Tx, rows: readonly Locked[]): Promise<LockedOrder[]> {
  const ids = rows.filter(canBeSold).map(({ id }) => id)
  const sales =
    ids.length === 0
      ? []
      : await tx.$queryRaw<SaleRow[]>`
    SELECT o.id,
      (SELECT jsonb_agg(jsonb_build_object('shipmentId', p.shipment_id, 'state', p.state) ORDER BY p.shipment_id)
         FROM order_parcel p WHERE p.order_id = o.id) AS parcels,
      (SELECT jsonb_agg(jsonb_build_object('id', c.id, 'kind', c.kind, 'lines', c.lines, 'amountMinor', c.amount_minor::text,
                'coveredMinor', c.covered_minor::text, 'coveredBy', c.covered_by, 'refunded', c.refunded, 'refundTry', c.refund_try, 'reversals', c.reversals,
                'restock', c.restock, 'restocked', c.restocked)
                ORDER BY c.position)
         FROM order_claim c WHERE c.order_id = o.id) AS claims
      FROM orders o WHERE o.id ${equalsAny(ids)}`
  const byId = new Map(sales.map((sale) => [sale.id, sale]))
  return rows.map((row) => {
    const { parcels = null, claims = null } = byId.get(row.id) ?? {}
    return lockedOrder({ ...row, parcels, claims })
  })
}

/** Locks an order until the transaction ends; null if it does not exist. */
export async function lockOrder(tx: Tx, id: string): Promise<LockedOrder | null> {
  const rows = await tx.$queryRaw<
    Locked[]
  >`SELECT ${COLUMNS} FROM orders o WHERE o.id = ${id} FOR UPDATE OF o`
  const [locked] = await withSales(tx, rows)
  return locked ?? null
}

/**
 * Locks an order whose saga is overdue and that is not in `except`. Orders locked by other replicas are
 * skipped.
 */
export async function lockDueOrder(
  tx: Tx,
  now: Date,
  { except, claimed }: { readonly except: readonly string[]; readonly claimed: (id: string) => void },
): Promise<LockedOrder | null> {
  const rows = await tx.$queryRaw<Locked[]>`
    SELECT ${COLUMNS} FROM orders o
     WHERE o.due_at <= ${now} AND o.id <> ALL(${except}) ORDER BY o.due_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED`
  for (const { id } of rows) claimed(id)
  const [locked] = await withSales(tx, rows)
  return locked ?? null
}

/** Locks the orders for an address that can still be cancelled and were placed at or after `since`. */
export async function lockOrdersTo(
  tx: Tx,
  { addressId, since }: { addressId: string; since: Date },
): Promise<LockedOrder[]> {
  const rows = await tx.$queryRaw<Locked[]>`
    SELECT ${COLUMNS} FROM orders o
     WHERE o.ship_address_id = ${addressId} AND o.placed_at >= ${since} AND o.status IN ('PENDING', 'AWAITING_PAYMENT', 'CONFIRMED', 'FULFILLING')
     ORDER BY o.id FOR UPDATE OF o`
  return withSales(tx, rows)
}
