// Tested in ../payment-life.int.test.ts too: most calls need a gateway and a database.
import { setTimeout as pause } from 'node:timers/promises'
import { failpoint } from '@argyle/kit/failpoint'
import { newId } from '@argyle/kit/ids'
import type { Logger } from '@argyle/kit/subgraph'
import { followUp, newTrace, withTrace } from '@argyle/kit/trace'
import type { Gateway, Snapshot } from '../gateway/gateway.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Tx } from '../transaction.ts'
import { advance, POLL_MS, type Subject, type Terms } from './advance.ts'
import {
  backoffMs,
  type ClaimedCall,
  claimCalls,
  closeCall,
  isOver,
  pendingMs,
  postponeCall,
  REFUND_PENDING,
} from './gateway-calls.ts'
import { type CallAnswer, makeCall } from './make-call.ts'
import type { PaymentInput } from './payment.ts'
import { type LockedPayment, lockPayment } from './payment-rows.ts'
import { refundOfCall, refundState } from './refund-rows.ts'

/**
 * Maximum number of concurrent calls of one replica. Transactions that commit at once may each begin one more: as many as there are
 * connections to the database.
 */
export const CALLS_AT_ONCE = 16
/** Maximum time that a lookup waits for a call that is under way. */
const MAX_WAIT_MS = 2_000

type WorkOptions = {
  readonly prisma: PrismaClient
  readonly gateway: Gateway
  readonly terms: Terms
  readonly log: Logger
}

async function noteDisputes(tx: Tx, paymentId: string, { disputes }: Snapshot, now: Date): Promise<void> {
  for (const { ref, amountMinor, reason, status } of disputes)
    await tx.$executeRaw`
      INSERT INTO dispute (id, payment_id, gateway_ref, amount_minor, reason, status, noted_at, updated_at)
      VALUES (${newId('dsp')}, ${paymentId}, ${ref}, ${amountMinor}, ${reason}, ${status}, ${now}, ${now})
      ON CONFLICT (gateway_ref) DO UPDATE SET status = EXCLUDED.status, updated_at = EXCLUDED.updated_at
       WHERE dispute.status <> EXCLUDED.status`
}

/** Reverses the refunds of the payment that failed after they had succeeded. */
async function noteFailedRefunds(
  tx: Tx,
  { row, state }: Subject,
  failed: Snapshot['failedRefunds'],
  { terms, now }: { terms: Terms; now: Date },
): Promise<void> {
  let after = state
  for (const { key: callId, failure: refusal } of failed) {
    const known = await refundOfCall(tx, { paymentId: row.id, callId })
    if (!known) continue
    const input: PaymentInput = { type: 'RefundFoundFailed', known, refusal }
    after = await advance(tx, { row, state: after }, input, { terms, now })
  }
}

/** Makes due calls outside of any transaction, and saves each result in a transaction of its own. */
export function gatewayWork({ prisma, gateway, terms, log }: WorkOptions) {
  const { clock } = terms
  const inHand = new Map<Promise<void>, string>()
  /** Whether more calls may be due than this process had room for. */
  let isFull = false
  let isStopped = false
  let claiming: Promise<void> | null = null
  let again = false

  const inputOf = async (tx: Tx, call: ClaimedCall, locked: LockedPayment, answer: CallAnswer, now: Date) => {
    if (answer.kind === 'PAYMENT') {
      const { snapshot, refusal } = answer.changed
      const authorizedUntil = snapshot.authorizedUntil ?? new Date(now.getTime() + terms.authorizationMs)
      const input: PaymentInput = {
        type: 'SnapshotReceived',
        // Calls of this kind never concern a refund.
        call: call.kind === 'REFUND' ? 'FETCH' : call.kind,
        snapshot: { ...snapshot, authorizedUntil },
        refusal,
        actionUntil: new Date(now.getTime() + terms.actionMs),
      }
      return input
    }
    const refund = call.refundId && (await tx.refund.findUnique({ where: { id: call.refundId } }))
    const known = refund && (await refundState(tx, { paymentId: locked.row.id, key: refund.key }))
    if (!known) throw new Error(`call ${call.id} has no refund`)
    const input: PaymentInput = { type: 'RefundAnswered', known, refusal: answer.refund.failure }
    return input
  }

  async function settle(call: ClaimedCall, answer: CallAnswer): Promise<void> {
    if (answer.kind === 'REFUND' && answer.refund.status === 'PENDING') {
      await postponeCall(prisma, call, new Date(clock().getTime() + pendingMs(call.attempts)), REFUND_PENDING)
      return
    }
    await prisma.$transaction(async (tx) => {
      const locked = await lockPayment(tx, call.paymentId)
      if (!locked) throw new Error(`call ${call.id} has no payment`)
      const now = clock()
      const input = await inputOf(tx, call, locked, answer, now)
      const ref = answer.kind === 'PAYMENT' ? answer.changed.snapshot.ref : null
      const row = { ...locked.row, gatewayRef: locked.row.gatewayRef ?? ref }
      const state = await advance(tx, { row, state: locked.state }, input, { terms, now, settles: call })
      // `advance` saves nothing if nothing changed.
      if (row.gatewayRef !== locked.row.gatewayRef && state?.version === locked.state.version)
        await tx.$executeRaw`UPDATE payment SET gateway_ref = ${row.gatewayRef} WHERE id = ${row.id}`
      if (answer.kind === 'PAYMENT') await noteDisputes(tx, row.id, answer.changed.snapshot, now)
      const failed = answer.kind === 'PAYMENT' ? answer.changed.snapshot.failedRefunds : []
      await noteFailedRefunds(tx, { row, state }, failed, { terms, now })
      if (state && !isOver(call.kind, state)) {
        const pauseMs = call.kind === 'FETCH' ? POLL_MS : backoffMs(call.attempts)
        await postponeCall(tx, call, new Date(now.getTime() + pauseMs), null)
      } else if (!state || state.version === locked.state.version) await closeCall(tx, call, now)
    })
  }

  async function unknown(call: ClaimedCall, reason: string): Promise<void> {
    await prisma.$transaction(async (tx) => {
      const locked = await lockPayment(tx, call.paymentId)
      const now = clock()
      if (locked) await advance(tx, locked, { type: 'OutcomeUnknown', call: call.kind }, { terms, now })
      // The gateway made no payment: no call will find one.
      const isNone = call.kind === 'FETCH' && locked?.row.gatewayRef === null
      if (isNone && locked.state.pending !== 'AUTHORIZE') return closeCall(tx, call, now)
      await postponeCall(tx, call, new Date(now.getTime() + backoffMs(call.attempts)), reason)
    })
  }

  async function carryOut(call: ClaimedCall): Promise<void> {
    const { id, kind, orderId, attempts } = call
    failpoint('payments.call-claimed')
    let answer: CallAnswer
    try {
      answer = await makeCall(gateway, call)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn(
        { call: id, kind, orderId, attempts, reason },
        'the outcome of a call to the gateway is unknown',
      )
      await unknown(call, reason)
      return
    }
    failpoint('payments.gateway-answered')
    await settle(call, answer)
  }

  /** Shortens the lease of a call whose result could not be saved. Without the database, the lease expires by itself. */
  async function giveBack(call: ClaimedCall, cause: unknown): Promise<void> {
    const until = new Date(clock().getTime() + backoffMs(call.attempts))
    await postponeCall(prisma, call, until, String(cause)).catch((error) =>
      log.warn({ err: error, call: call.id }, 'the lease of a call to the gateway was not shortened'),
    )
  }

  /**
   * Makes a call that this process has claimed. A call that begins after the stop becomes due for other
   * replicas at once.
   */
  const begin = (call: ClaimedCall): void => {
    if (isStopped) {
      void giveBack(call, 'the process stops')
      return
    }
    const { correlationId, causationId, traceparent } = call
    const trace = newTrace({ correlationId, causationId, traceparent })
    const work = withTrace(trace, () => carryOut(call))
      .catch(async (error) => {
        log.error({ err: error, call: call.id }, 'the result of a call to the gateway was not saved')
        await giveBack(call, error)
      })
      .finally(() => {
        inHand.delete(work)
        if (isFull) nudge()
        followUp(trace, () => {})
      })
    inHand.set(work, call.orderId)
  }

  async function claim(): Promise<void> {
    do {
      again = false
      const most = CALLS_AT_ONCE - inHand.size
      isFull = most <= 0
      if (isFull) return
      const calls = await claimCalls(prisma, { gateway: gateway.name, now: clock(), most })
      isFull = calls.length === most
      for (const call of calls) begin(call)
    } while (again && !isStopped)
  }

  /** Starts due calls, without waiting for them. */
  function nudge(): void {
    again = true
    if (isStopped) return
    claiming ??= claim()
      .catch((error) => log.error({ err: error }, 'claiming calls to the gateway failed'))
      .finally(() => {
        claiming = null
        // Requested after the last claim and before this line.
        if (again) nudge()
      })
  }

  /** Resolves when no call is under way or due. */
  async function idle(): Promise<void> {
    nudge()
    while (claiming || inHand.size > 0) await Promise.all([claiming, ...inHand.keys()])
  }

  /** Waits for the calls about an order's payment that are under way, at most 2 s by default. */
  async function settled(orderId: string, maxMs = MAX_WAIT_MS): Promise<void> {
    const works = [...inHand].flatMap(([work, about]) => (about === orderId ? [work] : []))
    if (works.length > 0) await Promise.race([Promise.all(works), pause(maxMs, undefined, { ref: false })])
  }

  return {
    nudge,
    begin,
    hasRoom: () => !isStopped && inHand.size < CALLS_AT_ONCE,
    idle,
    settled,
    async stop(): Promise<void> {
      isStopped = true
      await claiming
      await Promise.all(inHand.keys())
    },
  }
}

export type GatewayWork = ReturnType<typeof gatewayWork>
