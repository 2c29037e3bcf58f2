// Tested in ../returns.int.test.ts: its transactions need a database.

import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { hasScope, isSelf, type UserViewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  type VersionConflictError,
  validationError,
} from '@argyle/kit/user-errors'
import { returnChanged, returnReceived } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import {
  afterReport,
  decideVersioned,
  evolve,
  type NotReturnableError,
  type RefundReport,
  type Return,
  type ReturnCommand,
  type ReturnStatusError,
} from './return.ts'
import type { RequestReturn } from './return-input.ts'
import { returnReads } from './return-reads.ts'
import { type DeliveredLine, returnLines } from './returnable.ts'

type Tx = TransactionOf<PrismaClient>

/** Maximum number of returns of an order, rejected and cancelled ones included. */
export const MAX_RETURNS = 20

export type RequestError = NotReturnableError | IdempotencyKeyReusedError | ValidationError
export type StepError = ReturnStatusError | VersionConflictError | ValidationError

/** The caller of a command: a user, or a guest who has shown the secret of an order. */
export type Mover = UserViewer | { readonly kind: 'guest'; readonly orderId: string }

/** A return with the version that the caller has read, and the mutation for the audit log. */
type WhichReturn = { readonly mutation: string; readonly id: string; readonly expectedVersion: number }

/**
 * The caller may act on an order's returns if they are its customer or staff. For others the order does not
 * exist.
 */
export function mayReturn(viewer: UserViewer, customerId: string | null): boolean {
  return (customerId !== null && isSelf(viewer, customerId)) || hasScope(viewer, 'shipping:write')
}

/** Tests whether the caller may change a return. A customer and a guest may only cancel it. */
function mayMove(mover: Mover, { orderId, customerId }: Return): boolean {
  return mover.kind === 'guest' ? mover.orderId === orderId : mayReturn(mover, customerId)
}

/** Every change locks the order first, so that its returns are counted by one transaction at a time. */
async function lockOrder(tx: Tx, orderId: string): Promise<{ customerId: string | null } | null> {
  const [row] = await tx.$queryRaw<{ customerId: string | null }[]>`
    SELECT customer_id AS "customerId" FROM fulfilment WHERE order_id = ${orderId} FOR UPDATE`
  return row ?? null
}

function deliveredLines(tx: Tx, orderId: string): Promise<DeliveredLine[]> {
  return tx.$queryRaw<DeliveredLine[]>`
    SELECT line.order_line_id AS "orderLineId", line.variant_id AS "variantId", line.quantity,
           shipment.warehouse_id AS "warehouseId", shipment.delivered_at AS "deliveredAt"
      FROM shipment JOIN shipment_line AS line ON line.shipment_id = shipment.id
     WHERE shipment.order_id = ${orderId} AND shipment.status = 'DELIVERED'
     ORDER BY shipment.delivered_at DESC, shipment.id`
}

async function insert(tx: Tx, { lines, ...row }: Return): Promise<void> {
  await tx.returnRequest.createMany({ data: [row] })
  await tx.returnLine.createMany({ data: lines.map((line) => ({ returnId: row.id, ...line })) })
}

async function update(tx: Tx, before: Return, { lines, ...row }: Return): Promise<void> {
  const { id, status, version, rejection, reversals, updatedAt } = row
  const data = { status, version, rejection, reversals, updatedAt }
  await tx.returnRequest.updateMany({ where: { id }, data })
  if (lines === before.lines) return
  for (const { orderLineId, receivedQuantity, restock, warehouseId } of lines)
    await tx.returnLine.updateMany({
      where: { returnId: id, orderLineId },
      data: { receivedQuantity, restock, warehouseId },
    })
}

async function lockReturn(tx: Tx, id: string): Promise<Return | null> {
  const [found] = await returnReads(tx).byIds([id])
  if (!found) return null
  await lockOrder(tx, found.orderId)
  const [locked] = await returnReads(tx).byIds([id])
  return locked ?? null
}

/** `orders.return.refunded`, `orders.return.refund_failed`: see `afterReport`. */
export async function noteRefund(
  tx: Tx,
  { returnId, ...report }: RefundReport & { readonly returnId: string },
  now: Date,
): Promise<void> {
  const found = await lockReturn(tx, returnId)
  const after = found && afterReport(found, report, now)
  if (!after) return
  await update(tx, found, after)
  if (after.version > found.version) await appendEvents(tx, [returnChanged(after)])
}

type Settings = { readonly prisma: PrismaClient; readonly clock: Clock; readonly returnDays: number }

/** The transactions of returns. */
export function returnStore({ prisma, clock, returnDays }: Settings) {
  async function enter(
    tx: Tx,
    caller: UserViewer | 'guest',
    { orderId, lines: wanted, reason }: RequestReturn,
  ): Promise<Decision<string, NotReturnableError | ValidationError>> {
    const order = await lockOrder(tx, orderId)
    if (!order || !(caller === 'guest' || mayReturn(caller, order.customerId)))
      return refuse(notFound('order', orderId, ['orderId']))
    const now = clock()
    const others = await returnReads(tx).ofOrders([orderId])
    if (others.length >= MAX_RETURNS)
      return refuse(tooManyReturns(orderId, caller === 'guest' ? 'number' : 'orderId'))
    const lines = returnLines(wanted, await deliveredLines(tx, orderId), others, { now, days: returnDays })
    if (!lines.ok) return lines
    const { customerId } = order
    const request: Return = {
      id: newId('ret'),
      orderId,
      customerId,
      status: 'REQUESTED',
      version: 1,
      reason,
      rejection: null,
      reversals: 0,
      requestedAt: now,
      updatedAt: now,
      lines: lines.value,
    }
    await insert(tx, request)
    await appendEvents(tx, [returnChanged(request)])
    if (caller !== 'guest' && customerId !== caller.id) await note(tx, caller, 'requestReturn', null, request)
    return accept(request.id)
  }

  return {
    /** Creates a return, once per idempotency key. Accepts its id. */
    request(viewer: UserViewer, request: RequestReturn): Promise<Decision<string, RequestError>> {
      const key = request.idempotencyKey
      const claim = { principal: viewer.id, mutation: 'requestReturn', key, request }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => enter(tx, viewer, request)))
    },

    /** The same for a guest who has shown the secret of the order. */
    requestForGuest(request: RequestReturn): Promise<Decision<string, RequestError>> {
      const key = request.idempotencyKey
      const claim = { principal: request.orderId, mutation: 'requestGuestReturn', key, request }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => enter(tx, 'guest', request)))
    },

    /** Applies a command to a return. */
    move(
      mover: Mover,
      { mutation, id, expectedVersion }: WhichReturn,
      command: ReturnCommand,
    ): Promise<Decision<Return, StepError>> {
      return prisma.$transaction(async (tx): Promise<Decision<Return, StepError>> => {
        const before = await lockReturn(tx, id)
        if (!before || !mayMove(mover, before)) return refuse(notFound('return', id, ['id']))
        const decision = decideVersioned(before, expectedVersion, command)
        if (!decision.ok) return decision
        const after = evolve(before, decision.value, clock())
        await update(tx, before, after)
        const received = after.status === 'RECEIVED' ? [returnReceived(after)] : []
        await appendEvents(tx, [returnChanged(after), ...received])
        if (mover.kind !== 'guest' && before.customerId !== mover.id)
          await note(tx, mover, mutation, before, after)
        return accept(after)
      })
    },
  }
}

/** @param field of the input that names the order */
function tooManyReturns(orderId: string, field: string): ValidationError {
  const message = `order ${JSON.stringify(orderId)} has ${MAX_RETURNS} returns: allowed are ${MAX_RETURNS}, rejected and cancelled ones included`
  return validationError(message, [field])
}

/**
 * The part of a return that the audit log keeps. The customer's texts are left out, since they could not be
 * erased there.
 */
function stateOf({ status, version, lines }: Return) {
  const units = lines.map(({ orderLineId, quantity, receivedQuantity, restock }) => {
    return { orderLineId, quantity, receivedQuantity, restock }
  })
  return { status, version, lines: units }
}

function note(tx: Tx, { id: actorId }: UserViewer, action: string, before: Return | null, after: Return) {
  const states = { before: before && stateOf(before), after: stateOf(after) }
  return recordChange(tx, { actorId, action, subjectId: after.id, ...states, at: after.updatedAt })
}

export type ReturnStore = ReturnType<typeof returnStore>
