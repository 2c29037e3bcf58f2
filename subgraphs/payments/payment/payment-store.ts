// Tested in ../payment-life.int.test.ts: a store is its transactions.

import { afterCommit } from '@argyle/kit/after-commit'
import type { Clock } from '@argyle/kit/clock'
import type { NewEvent } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import { messagesOf } from '../events.ts'
import type { GatewayName, Hint } from '../gateway/gateway.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { PaymentStatus } from '../generated/prisma/enums.ts'
import type { Tx } from '../transaction.ts'
import { claimantOf } from './claim.ts'
import type { AuthorizeCommand, RefundCommand } from './commands.ts'
import { decide } from './decide.ts'
import { evolve } from './evolve.ts'
import { askSoon, openCall } from './gateway-calls.ts'
import { hasReached } from './has-reached.ts'
import type { PaymentEvent, PaymentInput, PaymentState } from './payment.ts'
import {
  type LockedPayment,
  lockPayment,
  lockPaymentOf,
  lockRunOut,
  type PaymentRow,
  savePayment,
} from './payment-rows.ts'
import { beginRefund, refundState, settleRefund } from './refund-rows.ts'

/** Maximum number of expired payments in one transaction. */
const BATCH = 20
/** Interval of lookups of a payment that waits for its customer, in case the webhook is lost. */
export const POLL_MS = 30_000

/** Settings of all transactions of payments. */
export type Terms = {
  readonly clock: Clock
  readonly gateway: GatewayName
  /** Time for the customer's authentication, in milliseconds. */
  readonly actionMs: number
  /** Validity of an authorization if the gateway does not report it, in milliseconds. */
  readonly authorizationMs: number
  /** Called when there is a new call for the gateway. */
  readonly nudge: () => void
  /** Resolves when this process has no call for the payment under way, at the latest after 2 s. */
  readonly settled: (paymentId: string) => Promise<void>
}

/** Origin of a refund, in addition to its key and amount. */
export type RefundRequest = { readonly reason: string; readonly requestedBy: string | null }

type Subject = { readonly row: PaymentRow; readonly state: PaymentState | null }

/**
 * Applies an input to a payment. Its row, refunds, calls and messages change in one transaction.
 * @returns the state after it; null if there is still no payment
 */
export async function advance(
  tx: Tx,
  { row, state: before }: Subject,
  input: PaymentInput,
  { terms: { nudge }, now, request }: { terms: Terms; now: Date; request?: RefundRequest },
): Promise<PaymentState | null> {
  const events = decide(before, input)
  if (events.length === 0) return before
  let state = before
  const messages: NewEvent[] = []
  for (const event of events) {
    if (state !== null || event.type !== 'Reported') state = evolve(state, event)
    const paymentId = state && row.currency ? row.id : null
    messages.push(...messagesOf({ orderId: row.orderId, paymentId, currency: row.currency }, state, event))
  }
  if (state && state.version !== before?.version) {
    await savePayment(tx, row, state, now)
    const isCalled = state.pending !== null && state.pending !== before?.pending
    if (isCalled && state.pending) await openCall(tx, row.id, state.pending, { dueAt: now, now })
    if (state.status === 'REQUIRES_ACTION' && before?.status !== 'REQUIRES_ACTION')
      await askSoon(tx, row.id, new Date(now.getTime() + POLL_MS), now)
    for (const event of events) await followRefund(tx, row, event, { now, request })
    if (isCalled || events.some(({ type }) => type === 'RefundBegan')) afterCommit(nudge)
  }
  await appendEvents(tx, messages)
  return state
}

async function followRefund(
  tx: Tx,
  { id }: PaymentRow,
  event: PaymentEvent,
  { now, request }: { now: Date; request: RefundRequest | undefined },
): Promise<void> {
  switch (event.type) {
    case 'RefundBegan': {
      const { reason = '', requestedBy = null } = request ?? {}
      const refundId = await beginRefund(tx, id, { ...event, reason, requestedBy, now })
      return openCall(tx, id, 'REFUND', { dueAt: now, now, refundId })
    }
    case 'Refunded':
      return settleRefund(tx, { paymentId: id, key: event.key }, { failure: null, now })
    case 'RefundFailed':
      return settleRefund(tx, { paymentId: id, key: event.key }, { failure: event.failure, now })
    default:
      return
  }
}

/** The initial row of an order's payment. */
function newRow(orderId: string, now: Date, known: Partial<PaymentRow> = {}): PaymentRow {
  return {
    id: newId('pay'),
    orderId,
    orderNumber: null,
    customerId: null,
    guestProofHash: null,
    methodId: null,
    gatewayRef: null,
    currency: null,
    createdAt: now,
    ...known,
  }
}

async function usableMethod(
  tx: Tx,
  { paymentMethodId: id, customerId }: AuthorizeCommand,
  gateway: GatewayName,
): Promise<string | null> {
  const [method] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM payment_method
     WHERE id = ${id} AND gateway = ${gateway} AND removed_at IS NULL
       AND (customer_id IS NULL OR customer_id = ${customerId})`
  return method?.id ?? null
}

/** The payment that a webhook is about; null where we know none. */
async function paymentAt(db: Pick<Tx, '$queryRaw'>, ref: string | null, orderId: string | null) {
  const [payment] = await db.$queryRaw<{ id: string; status: PaymentStatus }[]>`
    SELECT id, status::text FROM payment WHERE gateway_ref = ${ref} OR order_id = ${orderId} LIMIT 1`
  return payment ?? null
}

const subjectOf = (locked: LockedPayment | null, orderId: string, now: Date): Subject =>
  locked ?? { row: newRow(orderId, now), state: null }

/** The transactions of payments. Commands run in the transaction of their message. */
export function paymentStore(prisma: PrismaClient, terms: Terms) {
  const { clock, gateway } = terms

  async function command(tx: Tx, orderId: string, input: PaymentInput): Promise<void> {
    const now = clock()
    const locked = await lockPaymentOf(tx, orderId)
    await advance(tx, subjectOf(locked, orderId, now), input, { terms, now })
  }

  return {
    async authorize(tx: Tx, asked: AuthorizeCommand): Promise<void> {
      const now = clock()
      const { orderId, orderNumber, guestProofHash, amount } = asked
      const locked = await lockPaymentOf(tx, orderId)
      const customerId = asked.customerId ?? (await claimantOf(tx, orderId))
      const methodId = locked ? null : await usableMethod(tx, asked, gateway)
      const whose = { customerId, guestProofHash }
      const row = newRow(orderId, now, { orderNumber, ...whose, methodId, currency: amount.currency })
      const input: PaymentInput = {
        type: 'Authorize',
        amountMinor: amount.minor,
        isMethodKnown: methodId !== null,
      }
      await advance(tx, locked ?? { row, state: null }, input, { terms, now })
    },

    capture: (tx: Tx, orderId: string) => command(tx, orderId, { type: 'Capture' }),
    void: (tx: Tx, orderId: string) => command(tx, orderId, { type: 'Void' }),

    async refund(tx: Tx, { orderId, refundId: key, amount, reason }: RefundCommand): Promise<void> {
      const now = clock()
      const subject = subjectOf(await lockPaymentOf(tx, orderId), orderId, now)
      const input: PaymentInput = {
        type: 'Refund',
        key,
        amountMinor: amount.minor,
        isSameCurrency: amount.currency === subject.row.currency,
        known: await refundState(tx, { paymentId: subject.row.id, key }),
      }
      await advance(tx, subject, input, { terms, now, request: { reason, requestedBy: null } })
    },

    /** Ends expired authentications and authorizations. Any number of replicas may run it concurrently. */
    async endRunOut(): Promise<void> {
      const batch = async () => {
        const now = clock()
        return prisma.$transaction(async (tx) => {
          const due = await lockRunOut(tx, now, BATCH)
          for (const locked of due) {
            const isAction = locked.state.status === 'REQUIRES_ACTION'
            await advance(
              tx,
              locked,
              { type: isAction ? 'ActionTimedOut' : 'AuthorizationLapsed' },
              { terms, now },
            )
          }
          return due.length
        })
      }
      while ((await batch()) === BATCH);
      terms.nudge()
    },

    /**
     * Schedules a lookup after a webhook, unless the payment has already reached the webhook's status. A webhook is often about a
     * call that is still under way: its result is awaited first. Returns false for an unknown payment.
     */
    async askAbout({ ref, orderId, status }: Hint): Promise<boolean> {
      let payment = await paymentAt(prisma, ref, orderId)
      if (!payment) return false
      if (status && !hasReached(payment.status, status)) {
        await terms.settled(payment.id)
        payment = (await paymentAt(prisma, ref, orderId)) ?? payment
      }
      if (status && hasReached(payment.status, status)) return true
      const now = clock()
      await askSoon(prisma, payment.id, now, now)
      terms.nudge()
      return true
    },

    lock: lockPayment,
  }
}

export type PaymentStore = ReturnType<typeof paymentStore>
