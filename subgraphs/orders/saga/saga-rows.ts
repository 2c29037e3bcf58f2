import { Prisma } from '../generated/prisma/client.ts'
import type { Actor, CancelReason, OrderStatus, SagaStep } from '../generated/prisma/enums.ts'
import type { Tx } from '../transaction.ts'
import { dueAt, type SagaOrder } from './effects.ts'
import type { Saga, Stage } from './saga.ts'

/** An order that is locked, with its saga. */
export type LockedOrder = { readonly order: SagaOrder & { readonly cartId: string }; readonly saga: Saga }

type Row = {
  id: string
  number: string
  customerId: string
  cartId: string
  status: OrderStatus
  step: SagaStep
  version: number
  attempts: number
  reservationId: string | null
  cancelReason: CancelReason | null
  lines: { variantId: string; quantity: number }[] | null
}

/** Only a reservation needs the lines, so no other step reads them. */
const COLUMNS = Prisma.sql`
  o.id, o.number, o.customer_id AS "customerId", o.cart_id AS "cartId", o.status::text, o.step::text, o.version, o.attempts,
  o.reservation_id AS "reservationId", o.cancel_reason::text AS "cancelReason",
  CASE WHEN o.step = 'RESERVING' THEN
    (SELECT jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'quantity', l.quantity) ORDER BY l.position)
       FROM order_line l WHERE l.order_id = o.id) END AS lines`

/** @throws Error for a pair of status and step that the table's checks do not let in. */
function stageOf({ id, status, step, reservationId, cancelReason }: Row): Stage {
  if (status === 'PENDING' && step === 'RESERVING') return { status, step }
  if (status === 'PENDING' && step === 'COMMITTING_STOCK' && reservationId)
    return { status, step, reservationId }
  if (status === 'CANCELLING' && step === 'RELEASING' && cancelReason) return { status, step, cancelReason }
  if (status === 'CANCELLED' && step === 'DONE' && cancelReason) return { status, step, cancelReason }
  if (step === 'DONE' && status !== 'PENDING' && status !== 'CANCELLING' && status !== 'CANCELLED')
    return { status, step }
  throw new Error(`order ${id} is ${status} at ${step}`)
}

function lockedOrder(row: Row): LockedOrder {
  const { id, number, customerId, cartId, version, attempts } = row
  return {
    order: { id, number, customerId, cartId, lines: row.lines ?? [] },
    saga: { stage: stageOf(row), version, attempts },
  }
}

/** Locks an order until the transaction ends; null where there is none. */
export async function lockOrder(tx: Tx, id: string): Promise<LockedOrder | null> {
  const [row] = await tx.$queryRaw<Row[]>`SELECT ${COLUMNS} FROM orders o WHERE o.id = ${id} FOR UPDATE`
  return row ? lockedOrder(row) : null
}

/** Locks orders whose saga should have gone on by now, those of other replicas left out. */
export async function lockDueOrders(tx: Tx, now: Date, most: number): Promise<LockedOrder[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT ${COLUMNS} FROM orders o WHERE o.due_at <= ${now} ORDER BY o.due_at LIMIT ${most} FOR UPDATE SKIP LOCKED`
  return rows.map(lockedOrder)
}

/** Locks the orders to an address that are not decided yet and were placed at that time or later. */
export async function lockOrdersTo(
  tx: Tx,
  { addressId, since }: { addressId: string; since: Date },
): Promise<LockedOrder[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT ${COLUMNS} FROM orders o
     WHERE o.ship_address_id = ${addressId} AND o.placed_at >= ${since} AND o.status = 'PENDING'
     ORDER BY o.id FOR UPDATE`
  return rows.map(lockedOrder)
}

/** Saves where a saga has got to: order, history and, for a cancelled order, its coupon's use, in one statement. */
export async function saveProgress(
  tx: Tx,
  id: string,
  { before, after, actor, now }: { before: Saga; after: Saga; actor: Actor; now: Date },
): Promise<void> {
  const { stage, version, attempts } = after
  const reservationId = stage.step === 'COMMITTING_STOCK' ? stage.reservationId : null
  const cancelReason = 'cancelReason' in stage ? stage.cancelReason : null
  const isMove = version > before.version
  const isCancelled = isMove && stage.status === 'CANCELLED'
  await tx.$executeRaw`
    WITH change AS (
      INSERT INTO order_status_change (order_id, version, from_status, to_status, at, actor)
      SELECT ${id}, ${version}, ${before.stage.status}::order_status, ${stage.status}::order_status, ${now}, ${actor}::actor
       WHERE ${isMove}),
    released AS (
      UPDATE coupon_redemption SET released_at = ${now}
       WHERE ${isCancelled} AND order_id = ${id} AND released_at IS NULL RETURNING coupon_id),
    uncounted AS (UPDATE coupon SET times_used = times_used - 1 WHERE id IN (SELECT coupon_id FROM released))
    UPDATE orders SET status = ${stage.status}::order_status, step = ${stage.step}::saga_step, version = ${version},
           attempts = ${attempts}, due_at = ${dueAt(after, now)}, cancel_reason = ${cancelReason}::cancel_reason,
           reservation_id = COALESCE(${reservationId}, reservation_id)
     WHERE id = ${id}`
}
