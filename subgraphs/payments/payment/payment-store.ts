// Tested in ../payment-life.int.test.ts: a store is its transactions.

import { afterCommit } from '@argyle/kit/after-commit'
import type { Clock } from '@argyle/kit/clock'
import type { NewEvent } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { hasOnCommit, onCommit } from '@argyle/kit/on-commit'
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
import { askSoon, type ClaimedCall, isOver, type NewCall, newCall, openCall } from './gateway-calls.ts'
import { hasReached } from './has-reached.ts'
import type { PaymentEvent, PaymentInput, PaymentState, Pending } from './payment.ts'
import {
  type LockedPayment,
  lockNewPaymentOf,
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
  /** Whether this process makes calls, and has room for one more. */
  readonly hasRoom: () => boolean
  /** Makes a call that was inserted as claimed. */
  readonly begin: (call: ClaimedCall) => void
  /** Resolves when this process has no call for the order's payment under way, at the latest after 2 s. */
  readonly settled: (orderId: string) => Promise<void>
}

/** Origin of a refund, in addition to its key and amount. */
export type RefundRequest = { readonly reason: string; readonly requestedBy: string | null }

type Subject = { readonly row: PaymentRow; readonly state: PaymentState | null }

type Circumstances = {
  readonly terms: Terms
  readonly now: Date
  readonly request?: RefundRequest
  /** The call whose result is the input. It is closed with the payment where it has taken effect. */
  readonly settles?: ClaimedCall
}

/** The call that a payment waits for now: inserted as claimed if this process can make it after the commit. */
function callOf(
  tx: Tx,
  { id }: PaymentRow,
  kind: Pending,
  { terms, now }: Pick<Circumstances, 'terms' | 'now'>,
): NewCall {
  return newCall(id, kind, { now, isClaimed: hasOnCommit(tx) && terms.hasRoom() })
}

/** Makes a call after the commit, without claiming it if it was inserted as claimed. */
function startAfterCommit(
  tx: Tx,
  call: NewCall,
  { row, state, terms }: { row: PaymentRow; state: PaymentState; terms: Terms },
): void {
  const { currency, orderId, orderNumber, gatewayRef, methodRef } = row
  if (call.attempts === 0 || currency === null) {
    afterCommit(terms.nudge)
    return
  }
  const of = { orderId, orderNumber, currency, gatewayRef, methodRef: methodRef ?? '' }
  const refund = { refundMinor: null, refundReason: null }
  onCommit(tx, () => terms.begin({ ...call, ...of, ...refund, amountMinor: state.amountMinor }))
}

/**
 * Applies an input to a payment. Its row, refunds, calls and messages change in one transaction.
 * @returns the state after it; null if there is still no payment
 */
export async function advance(
  tx: Tx,
  { row, state: before }: Subject,
  input: PaymentInput,
  { terms, now, request, settles }: Circumstances,
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
    const pending = state.pending !== before?.pending ? state.pending : null
    const opened = pending && callOf(tx, row, pending, { terms, now })
    const closed = settles && isOver(settles.kind, state) ? settles : null
    await savePayment(tx, row, state, { now, opened, closed })
    if (state.status === 'REQUIRES_ACTION' && before?.status !== 'REQUIRES_ACTION')
      await askSoon(tx, row.id, new Date(now.getTime() + POLL_MS), now)
    for (const event of events) await followRefund(tx, row, event, { now, request })
    if (opened) startAfterCommit(tx, opened, { row, state, terms })
    if (events.some(({ type }) => type === 'RefundBegan')) afterCommit(terms.nudge)
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
      return openCall(tx, newCall(id, 'REFUND', { now, refundId }), now)
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
    methodRef: null,
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
): Promise<{ readonly methodId: string; readonly methodRef: string } | null> {
  const [method] = await tx.$queryRaw<{ methodId: string; methodRef: string }[]>`
    SELECT id AS "methodId", gateway_ref AS "methodRef" FROM payment_method
     WHERE id = ${id} AND gateway = ${gateway} AND removed_at IS NULL
       AND (customer_id IS NULL OR customer_id = ${customerId})`
  return method ?? null
}

/** The payment that a webhook is about; null where we know none. */
async function paymentAt(db: Pick<Tx, '$queryRaw'>, ref: string | null, orderId: string | null) {
  const [payment] = await db.$queryRaw<{ id: string; orderId: string; status: PaymentStatus }[]>`
    SELECT id, order_id AS "orderId", status::text FROM payment WHERE gateway_ref = ${ref} OR order_id = ${orderId} LIMIT 1`
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
      const locked = await lockNewPaymentOf(tx, orderId)
      const customerId = asked.customerId ?? (await claimantOf(tx, orderId))
      const method = locked ? null : await usableMethod(tx, asked, gateway)
      const whose = { customerId, guestProofHash }
      const row = newRow(orderId, now, { orderNumber, ...whose, ...method, currency: amount.currency })
      const input: PaymentInput = {
        type: 'Authorize',
        amountMinor: amount.minor,
        isMethodKnown: method !== null,
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
      if (status && orderId) await terms.settled(orderId)
      let payment = await paymentAt(prisma, ref, orderId)
      if (!payment) return false
      if (status && !orderId && !hasReached(payment.status, status)) {
        await terms.settled(payment.orderId)
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
