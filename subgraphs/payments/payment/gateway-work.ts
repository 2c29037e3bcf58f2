// Tested in ../payment-life.int.test.ts too: most calls need a gateway and a database.
import { setTimeout as pause } from 'node:timers/promises'
import { failpoint } from '@argyle/kit/failpoint'
import { newId } from '@argyle/kit/ids'
import { money } from '@argyle/kit/money'
import { followUp, newTrace, withTrace } from '@argyle/kit/trace'
import type { Logger } from 'pino'
import {
  type Changed,
  type Gateway,
  GatewayUnavailable,
  type Known,
  type Snapshot,
} from '../gateway/gateway.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Tx } from '../transaction.ts'
import { advance, POLL_MS, type Terms } from './advance.ts'
import { backoffMs, type ClaimedCall, claimCalls, closeCall, isOver, putOff } from './gateway-calls.ts'
import type { PaymentInput } from './payment.ts'
import { type LockedPayment, lockPayment } from './payment-rows.ts'
import { refundState } from './refund-rows.ts'

/**
 * Maximum number of concurrent calls of one replica. Transactions that commit at once may each begin one more: as many as there are
 * connections to the database.
 */
export const CALLS_AT_ONCE = 16
/** How long whoever asks about a payment waits for a call that is under way. */
const LONGEST_WAIT_MS = 2_000

type Told =
  | { readonly kind: 'PAYMENT'; readonly changed: Changed }
  | { readonly kind: 'REFUND'; readonly refusal: Changed['refusal'] }

type WorkOptions = {
  readonly prisma: PrismaClient
  readonly gateway: Gateway
  readonly terms: Terms
  readonly log: Logger
}

const asChanged = (snapshot: Snapshot): Changed => ({ snapshot, refusal: null })

/** Makes a call. If an earlier attempt had an unknown outcome, it reads the current state first. */
async function make(gateway: Gateway, call: ClaimedCall): Promise<Told> {
  const { kind, id: key, attempts: attempt, gatewayRef: ref, methodRef, orderId, orderNumber } = call
  const amount = money(call.amountMinor, call.currency)
  const payment = (changed: Changed): Told => ({ kind: 'PAYMENT', changed })
  if (kind === 'AUTHORIZE' && ref === null)
    return payment(
      asChanged(await gateway.authorize({ key, attempt, methodRef, amount, orderId, orderNumber })),
    )
  if (ref === null) throw new GatewayUnavailable(`there is no payment to ${kind} yet`)
  const known: Known = { key, attempt, ref, amount }
  switch (kind) {
    case 'AUTHORIZE':
    case 'FETCH':
      return payment(asChanged(await gateway.fetch(ref)))
    case 'CAPTURE':
      return payment((await stands(gateway, known, ['CAPTURED'])) ?? (await gateway.capture(known)))
    case 'VOID':
      return payment((await stands(gateway, known, ['VOIDED', 'DECLINED'])) ?? (await gateway.void(known)))
    case 'REFUND': {
      const back = money(call.refundMinor ?? 0n, call.currency)
      const reason = call.refundReason ?? ''
      return { kind: 'REFUND', refusal: await gateway.refund({ ...known, amount: back, reason }) }
    }
  }
}

async function stands(
  gateway: Gateway,
  { attempt, ref }: Known,
  done: readonly Snapshot['status'][],
): Promise<Changed | null> {
  if (attempt === 1) return null
  const snapshot = await gateway.fetch(ref)
  return done.includes(snapshot.status) ? asChanged(snapshot) : null
}

async function noteDisputes(tx: Tx, paymentId: string, { disputes }: Snapshot, now: Date): Promise<void> {
  for (const { ref, amountMinor, reason, status } of disputes)
    await tx.$executeRaw`
      INSERT INTO dispute (id, payment_id, gateway_ref, amount_minor, reason, status, noted_at, updated_at)
      VALUES (${newId('dsp')}, ${paymentId}, ${ref}, ${amountMinor}, ${reason}, ${status}, ${now}, ${now})
      ON CONFLICT (gateway_ref) DO UPDATE SET status = EXCLUDED.status, updated_at = EXCLUDED.updated_at
       WHERE dispute.status <> EXCLUDED.status`
}

/** Makes due calls outside of any transaction, and saves each result in a transaction of its own. */
export function gatewayWork({ prisma, gateway, terms, log }: WorkOptions) {
  const { clock } = terms
  const inHand = new Map<Promise<void>, string>()
  /** Whether more may be due than there was room for. */
  let isFull = false
  let isStopped = false
  let claiming: Promise<void> | null = null
  let again = false

  const inputOf = async (tx: Tx, call: ClaimedCall, locked: LockedPayment, told: Told, now: Date) => {
    if (told.kind === 'PAYMENT') {
      const { snapshot, refusal } = told.changed
      const authorizedUntil = snapshot.authorizedUntil ?? new Date(now.getTime() + terms.authorizationMs)
      const input: PaymentInput = {
        type: 'GatewayTold',
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
    const input: PaymentInput = { type: 'RefundTold', known, refusal: told.refusal }
    return input
  }

  async function settle(call: ClaimedCall, told: Told): Promise<void> {
    await prisma.$transaction(async (tx) => {
      const locked = await lockPayment(tx, call.paymentId)
      if (!locked) throw new Error(`call ${call.id} has no payment`)
      const now = clock()
      const input = await inputOf(tx, call, locked, told, now)
      const ref = told.kind === 'PAYMENT' ? told.changed.snapshot.ref : null
      const row = { ...locked.row, gatewayRef: locked.row.gatewayRef ?? ref }
      const state = await advance(tx, { row, state: locked.state }, input, { terms, now, settles: call })
      // Where nothing changed, nothing was saved.
      if (row.gatewayRef !== locked.row.gatewayRef && state?.version === locked.state.version)
        await tx.$executeRaw`UPDATE payment SET gateway_ref = ${row.gatewayRef} WHERE id = ${row.id}`
      if (told.kind === 'PAYMENT') await noteDisputes(tx, row.id, told.changed.snapshot, now)
      if (state && !isOver(call.kind, state)) {
        const pauseMs = call.kind === 'FETCH' ? POLL_MS : backoffMs(call.attempts)
        await putOff(tx, call, new Date(now.getTime() + pauseMs), null)
      } else if (!state || state.version === locked.state.version) await closeCall(tx, call, now)
    })
  }

  async function unknown(call: ClaimedCall, reason: string): Promise<void> {
    await prisma.$transaction(async (tx) => {
      const locked = await lockPayment(tx, call.paymentId)
      const now = clock()
      if (locked) await advance(tx, locked, { type: 'OutcomeUnknown', call: call.kind }, { terms, now })
      await putOff(tx, call, new Date(now.getTime() + backoffMs(call.attempts)), reason)
    })
  }

  async function carryOut(call: ClaimedCall): Promise<void> {
    const { id, kind, orderId, attempts } = call
    failpoint('payments.call-claimed')
    let told: Told
    try {
      told = await make(gateway, call)
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
    await settle(call, told)
  }

  /** Shortens the lease of a call whose result could not be saved. Without the database, the lease expires by itself. */
  async function giveBack(call: ClaimedCall, cause: unknown): Promise<void> {
    const until = new Date(clock().getTime() + backoffMs(call.attempts))
    await putOff(prisma, call, until, String(cause)).catch((error) =>
      log.warn({ err: error, call: call.id }, 'the lease of a call to the gateway was not shortened'),
    )
  }

  /** Makes a call that this process has claimed. One that comes after the stop is due for others at once. */
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

  /** Waits for the calls about an order's payment that are under way, at most 2 s. */
  async function settled(orderId: string): Promise<void> {
    const works = [...inHand].flatMap(([work, about]) => (about === orderId ? [work] : []))
    if (works.length > 0)
      await Promise.race([Promise.all(works), pause(LONGEST_WAIT_MS, undefined, { ref: false })])
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
