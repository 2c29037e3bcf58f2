// Tested in ../payment-life.int.test.ts: its transaction needs a database.

import { afterCommit } from '@argyle/kit/after-commit'
import type { Clock } from '@argyle/kit/clock'
import type { NewEvent } from '@argyle/kit/envelope'
import { hasOnCommit, onCommit } from '@argyle/kit/on-commit'
import { appendEvents } from '@argyle/kit/outbox'
import { messagesOf } from '../events.ts'
import type { GatewayName } from '../gateway/gateway.ts'
import type { Tx } from '../transaction.ts'
import { decide } from './decide.ts'
import { evolve } from './evolve.ts'
import { type ClaimedCall, isOver, type NewCall, newCall, openCall, scheduleLookup } from './gateway-calls.ts'
import type { PaymentEvent, PaymentInput, PaymentState, Pending } from './payment.ts'
import { type PaymentRow, savePayment } from './payment-rows.ts'
import { beginRefund, reverseRefund, settleRefund } from './refund-rows.ts'

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

/** A payment, or the row that an order's first payment would have. */
export type Subject = { readonly row: PaymentRow; readonly state: PaymentState | null }

type Circumstances = {
  readonly terms: Terms
  readonly now: Date
  readonly request?: RefundRequest
  /** The call whose result is the input. It is closed in the same transaction if it has taken effect. */
  readonly settles?: ClaimedCall
}

/** The call that a payment waits for now: inserted as claimed if this process can make it after the commit. */
function callOf(
  tx: Tx,
  { id, gateway }: PaymentRow,
  kind: Pending,
  { terms, now }: Pick<Circumstances, 'terms' | 'now'>,
): NewCall {
  return newCall(id, kind, {
    now,
    isClaimed: gateway === terms.gateway && hasOnCommit(tx) && terms.hasRoom(),
  })
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
  const refund = { refundMinor: null, refundReason: null, refundReplaces: [] }
  const { amountMinor, status } = state
  const isTimeout = status === 'REQUIRES_ACTION'
  onCommit(tx, () => terms.begin({ ...call, ...of, ...refund, amountMinor, isTimeout }))
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
      await scheduleLookup(tx, row.id, new Date(now.getTime() + POLL_MS), now)
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
    case 'RefundReversed':
      return reverseRefund(tx, { paymentId: id, key: event.key }, { failure: event.failure, now })
    default:
      return
  }
}
