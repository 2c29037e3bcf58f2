// Tested in ../saga.int.test.ts: its transactions need a database.

import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { eachDue } from '@argyle/kit/each-due'
import type { NewEvent } from '@argyle/kit/envelope'
import { idempotent } from '@argyle/kit/idempotency'
import { appendEvents } from '@argyle/kit/outbox'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  type VersionConflictError,
} from '@argyle/kit/user-errors'
import { returnCart } from '../cart/cart-return.ts'
import { saleChanged } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Actor } from '../generated/prisma/enums.ts'
import { readSale } from '../order/sale-reads.ts'
import { atomically, type Tx } from '../transaction.ts'
import { type NotCancellableError, requestCancel } from './cancel.ts'
import { decide } from './decide.ts'
import { describe } from './describe.ts'
import { messagesOf } from './effects.ts'
import { evolve, saleOf } from './evolve.ts'
import type { SagaInput } from './inputs.ts'
import { dueAt } from './outstanding.ts'
import type { Saga } from './saga.ts'
import { type LockedOrder, lockDueOrder, lockOrder, lockOrdersTo } from './saga-rows.ts'
import { type Move, type Step, saveProgress } from './save-progress.ts'

export type CancelOrderError =
  | IdempotencyKeyReusedError
  | NotCancellableError
  | ValidationError
  | VersionConflictError

export type CancelOrder = {
  readonly idempotencyKey: string
  readonly orderId: string
  readonly expectedVersion: number
}

/**
 * The caller of cancelOrder: a customer for their own orders, staff for any order, or a guest who has the
 * order's secret.
 */
export type Canceller = { readonly id: string; readonly isStaff: boolean } | 'guest'

const WITHDRAWAL: SagaInput = { type: 'CancelRequested', actor: 'shop', reason: 'ADDRESS_REMOVED' }

/** Applies an input to a locked order. Its row, history and messages change in the same transaction. */
async function advance(
  tx: Tx,
  { order, saga: before }: LockedOrder,
  input: SagaInput,
  now: Date,
): Promise<void> {
  const events = decide(order, before, input, now)
  if (events.length === 0) return
  let saga = before
  const moves: Move[] = []
  const steps: Step[] = []
  const messages = events.flatMap((event) => {
    const { status: from } = saga.stage
    saga = evolve(saga, event)
    const { version, stage } = saga
    if (stage.status !== from) moves.push({ version, from, to: stage.status })
    const text = describe(order, saga, event)
    if (text) steps.push({ version, text })
    return messagesOf(order, saga, event)
  })
  const actor = actorOf(input)
  if (saga.stage.status === 'CANCELLED' && before.stage.status !== 'CANCELLED') {
    const shortages = input.type === 'StockRejected' ? input.shortages : []
    await returnCart(tx, order, { reason: saga.stage.cancelReason, shortages, now })
  }
  await saveProgress(tx, order.id, { before, after: saga, moves, steps, actor, now })
  await appendEvents(tx, [...messages, ...(await saleNews(tx, order.id, { before, after: saga, moves }))])
  if (order.withdrawn && moves.some(({ to }) => to === 'CONFIRMED'))
    await advance(tx, { order, saga }, WITHDRAWAL, now)
}

/**
 * The message about the order as a sale, if the change confirmed it, cancelled it or refunded a part of it.
 */
async function saleNews(
  tx: Tx,
  id: string,
  { before, after, moves }: { before: Saga; after: Saga; moves: readonly Move[] },
): Promise<NewEvent[]> {
  const isCredited = saleOf(after).creditedMinor !== saleOf(before).creditedMinor
  if (!isCredited && !moves.some(({ to }) => to === 'CONFIRMED' || to === 'CANCELLED')) return []
  const sale = await readSale(tx, id)
  return sale && (sale.isCancelled || sale.confirmedAt) ? [saleChanged(sale)] : []
}

function actorOf(input: SagaInput): Actor {
  if (input.type === 'CancelRequested') return input.actor
  return input.type === 'PaymentChosen' ? 'customer' : 'shop'
}

/** Applies an answer to its order. Answers for unknown orders are ignored. */
export async function answerOrder(tx: Tx, orderId: string, input: SagaInput, now: Date): Promise<void> {
  const locked = await lockOrder(tx, orderId)
  if (locked) await advance(tx, locked, input, now)
}

/**
 * Starts to cancel the orders for an address that was removed before they were placed. Orders whose payment
 * is being captured and paid orders with a parcel that has left are not cancelled.
 */
export async function withdrawAddress(
  tx: Tx,
  { addressId, since, now }: { addressId: string; since: Date; now: Date },
): Promise<void> {
  for (const locked of await lockOrdersTo(tx, { addressId, since }))
    await advance(tx, locked, WITHDRAWAL, now)
}

/**
 * Starts to cancel an order whose address was changed before it was placed. If its payment is being captured,
 * the order is marked and cancelled once it is confirmed.
 */
export async function withdrawOrder(tx: Tx, id: string, now: Date): Promise<void> {
  const locked = await lockOrder(tx, id)
  if (!locked) return
  await advance(tx, locked, WITHDRAWAL, now)
  const { step } = locked.saga.stage
  if (step === 'COMMITTING_STOCK' || step === 'CAPTURING')
    await tx.$executeRaw`UPDATE orders SET withdrawn = true WHERE id = ${id}`
}

/** The transactions of orders after they are placed. */
export function sagaStore(prisma: PrismaClient, clock: Clock) {
  async function begin(tx: Tx, canceller: Canceller, request: CancelOrder) {
    const { orderId, expectedVersion } = request
    const locked = await lockOrder(tx, orderId)
    const isOwn = canceller === 'guest' || locked?.order.customerId === canceller.id
    // The error is the one of an order that does not exist, so that ids of other customers' orders are not
    // revealed.
    if (!locked || !(isOwn || canceller.isStaff)) return refuse(notFound('order', orderId, ['orderId']))
    const actor = isOwn ? 'customer' : 'staff'
    const wish = requestCancel(locked.order, locked.saga, { actor, expectedVersion })
    if (!wish.ok) return wish
    const at = clock()
    await advance(tx, locked, wish.value, at)
    if (!isOwn) await noteByStaff(tx, canceller.id, locked, at)
    return accept(orderId)
  }

  return {
    /** Requests the cancellation of an order, once per idempotency key. Accepts its id. */
    cancel(canceller: Canceller, request: CancelOrder): Promise<Decision<string, CancelOrderError>> {
      const { idempotencyKey: key, orderId } = request
      const of =
        canceller === 'guest'
          ? { principal: orderId, mutation: 'cancelGuestOrder' }
          : { principal: canceller.id, mutation: 'cancelOrder' }
      const run = (tx: Tx): Promise<Decision<string, CancelOrderError>> => begin(tx, canceller, request)
      return atomically(prisma, (tx) =>
        idempotent(tx, { ...of, key, request, answer: orderId }, () => run(tx)),
      )
    },

    /** Repeats overdue commands. Any number of replicas may run it concurrently. */
    async resumeDue(stop?: AbortSignal): Promise<void> {
      const now = clock()
      await eachDue(
        (except, claimed) =>
          prisma.$transaction(async (tx) => {
            const locked = await lockDueOrder(tx, now, { except, claimed })
            if (!locked) return false
            await advance(tx, locked, { type: 'TimedOut', now }, now)
            // A saga with nothing to repeat has saved no new due time. Earlier versions repeated failed
            // refunds without end, so their rows may be due.
            await tx.$executeRaw`
              UPDATE orders SET due_at = ${dueAt(locked.saga, now)} WHERE id = ${locked.order.id} AND due_at <= ${now}`
            return true
          }),
        stop,
      )
    },
  }
}

async function noteByStaff(tx: Tx, actorId: string, { order, saga }: LockedOrder, at: Date): Promise<void> {
  const before = { status: saga.stage.status }
  const after = { status: 'CANCELLING' }
  await recordChange(tx, { actorId, action: 'cancelOrder', subjectId: order.id, before, after, at })
}

export type SagaStore = ReturnType<typeof sagaStore>
