import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { appendEvents } from '@argyle/kit/outbox'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  type VersionConflictError,
} from '@argyle/kit/user-errors'
import { returnCart } from '../cart/cart-return.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Actor } from '../generated/prisma/enums.ts'
import { atomically, type Tx } from '../transaction.ts'
import { type NotCancellableError, requestCancel } from './cancel.ts'
import { decide } from './decide.ts'
import { messagesOf } from './effects.ts'
import { evolve } from './evolve.ts'
import type { SagaInput } from './saga.ts'
import { type LockedOrder, lockDueOrders, lockOrder, lockOrdersTo, saveProgress } from './saga-rows.ts'

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

/** How many overdue orders one transaction takes. */
export const BATCH = 20

/** Lets a locked order's saga react to an input: its row, its history and its messages in the same transaction. */
async function advance(
  tx: Tx,
  { order, saga: before }: LockedOrder,
  input: SagaInput,
  now: Date,
): Promise<void> {
  const events = decide(before, input)
  if (events.length === 0) return
  let saga = before
  const messages = events.flatMap((event) => {
    saga = evolve(saga, event)
    return messagesOf(order, saga, event)
  })
  const actor: Actor = input.type === 'CancelRequested' ? input.actor : 'shop'
  if (saga.stage.status === 'CANCELLED' && before.stage.status !== 'CANCELLED') {
    const shortages = input.type === 'StockRejected' ? input.shortages : []
    await returnCart(tx, order, { reason: saga.stage.cancelReason, shortages, now })
  }
  await saveProgress(tx, order.id, { before, after: saga, actor, now })
  await appendEvents(tx, messages)
}

/** Hands an answer of inventory to its order. One for an order that we do not have is not ours to act on. */
export async function answerOrder(tx: Tx, orderId: string, input: SagaInput, now: Date): Promise<void> {
  const locked = await lockOrder(tx, orderId)
  if (locked) await advance(tx, locked, input, now)
}

/**
 * Begins to cancel the orders to an address that its owner had removed before they were placed. An order whose stock is
 * taken already can no longer be cancelled here.
 */
export async function withdrawAddress(
  tx: Tx,
  { addressId, since, now }: { addressId: string; since: Date; now: Date },
): Promise<void> {
  const input: SagaInput = { type: 'CancelRequested', actor: 'shop', reason: 'ADDRESS_REMOVED' }
  for (const locked of await lockOrdersTo(tx, { addressId, since })) await advance(tx, locked, input, now)
}

/** Owns the transactions of orders once they are placed. */
export function sagaStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** Asks for a customer's own order to be cancelled, once per idempotency key. Accepts its id. */
    cancel(customerId: string, request: CancelOrder): Promise<Decision<string, CancelOrderError>> {
      const { idempotencyKey: key, orderId, expectedVersion } = request
      const claim = { principal: customerId, mutation: 'cancelOrder', key, request }
      const run = async (tx: Tx): Promise<Decision<string, CancelOrderError>> => {
        const locked = await lockOrder(tx, orderId)
        // Another's order is answered exactly like one that does not exist.
        if (locked?.order.customerId !== customerId) return refuse(notFound('order', orderId, ['orderId']))
        const wish = requestCancel(locked.saga, { actor: 'customer', expectedVersion })
        if (!wish.ok) return wish
        await advance(tx, locked, wish.value, clock())
        return accept(orderId)
      }
      return atomically(prisma, (tx) => idempotent(tx, claim, () => run(tx)))
    },

    /** Sends again what got no answer in time. Any number of replicas may do it at once. */
    async resumeDue(): Promise<void> {
      const batch = async () => {
        const now = clock()
        return prisma.$transaction(async (tx) => {
          const due = await lockDueOrders(tx, now, BATCH)
          for (const locked of due) await advance(tx, locked, { type: 'TimedOut' }, now)
          return due.length
        })
      }
      while ((await batch()) === BATCH);
    },
  }
}

export type SagaStore = ReturnType<typeof sagaStore>
