import { type Snapshot, type SnapshotStatus, snapshotOf } from '../gateway/gateway.ts'
import { decide } from '../payment/decide.ts'
import { evolve } from '../payment/evolve.ts'
import {
  type PaymentEvent,
  type PaymentInput,
  type PaymentState,
  type Pending,
  type RefundState,
  refusal,
} from '../payment/payment.ts'

export const AMOUNT = 4_200n
const LATER = new Date('2026-12-01T00:00:00Z')

/** The result of an authorization at the gateway. */
export type Nature = 'approve' | 'decline' | 'step' | 'capture_refused'

type Call = { readonly kind: Pending | 'REFUND' | 'FETCH'; readonly key: string; readonly refundKey: string }

/** An in-memory gateway, idempotent by key. */
function plainGateway(nature: Nature) {
  const done = new Set<string>()
  const book = { authorizations: 0, captured: 0n, refunded: 0n }
  let status: SnapshotStatus | null = null
  const once = (key: string, work: () => void) => {
    if (done.has(key)) return
    done.add(key)
    work()
  }
  const authorize = () => {
    status = 'AUTHORIZED'
    book.authorizations++
  }
  const snapshot = (): Snapshot =>
    snapshotOf(status ?? 'PROCESSING', { ref: 'gpy', capturedMinor: book.captured })
  return {
    book,
    snapshot,
    get isOpen() {
      return status === 'AUTHORIZED' || status === 'REQUIRES_ACTION'
    },
    get needsAction() {
      return status === 'REQUIRES_ACTION'
    },
    get isKnown() {
      return status !== null
    },
    /** Completes an authentication as the customer; no effect if none is required. */
    step(isApproved: boolean) {
      if (status !== 'REQUIRES_ACTION') return
      if (isApproved) authorize()
      else status = 'DECLINED'
    },
    /** Expires an authorization at the gateway. */
    drop() {
      if (status === 'AUTHORIZED') status = 'VOIDED'
    },
    carryOut({ kind, key }: Call, amountMinor: bigint): { refused: boolean } {
      let refused = false
      once(key, () => {
        if (kind === 'AUTHORIZE') {
          if (nature === 'decline') status = 'DECLINED'
          else if (nature === 'step') status = 'REQUIRES_ACTION'
          else authorize()
        } else if (kind === 'CAPTURE' && status === 'AUTHORIZED' && nature !== 'capture_refused') {
          status = 'CAPTURED'
          book.captured = AMOUNT
        } else if (kind === 'VOID' && (status === 'AUTHORIZED' || status === 'REQUIRES_ACTION'))
          status = 'VOIDED'
        else if (kind === 'REFUND') book.refunded += amountMinor
      })
      if (kind === 'CAPTURE') refused = status !== 'CAPTURED'
      return { refused }
    },
  }
}

/**
 * One order's payment and its gateway, without database and network, with the decisions of the store and the
 * worker.
 */
export function modelWorld(nature: Nature) {
  const gateway = plainGateway(nature)
  const refunds = new Map<string, RefundState>()
  const answers: PaymentInput[] = []
  const events: PaymentEvent[] = []
  let calls: Call[] = []
  let payment: PaymentState | null = null
  let keys = 0

  function follow(event: PaymentEvent): void {
    if (event.type === 'RefundBegan') {
      refunds.set(event.key, {
        key: event.key,
        amountMinor: event.amountMinor,
        status: 'PENDING',
        failure: null,
      })
      calls.push({ kind: 'REFUND', key: `r${event.key}`, refundKey: event.key })
    }
    const refund = 'key' in event ? refunds.get(event.key) : undefined
    if (event.type === 'Refunded' && refund) refunds.set(event.key, { ...refund, status: 'SUCCEEDED' })
    if ((event.type === 'RefundFailed' || event.type === 'RefundReversed') && refund)
      refunds.set(event.key, { ...refund, status: 'FAILED', failure: event.failure })
  }

  function input(given: PaymentInput): void {
    const before = payment
    for (const event of decide(payment, given)) {
      if (payment !== null || event.type !== 'Reported') payment = evolve(payment, event)
      events.push(event)
      follow(event)
    }
    const after: PaymentState | null = payment
    if (after?.pending && after.pending !== before?.pending)
      calls.push({ kind: after.pending, key: `c${keys++}`, refundKey: '' })
  }

  const snapshotInput = (kind: Pending | 'FETCH', refused: boolean): PaymentInput => ({
    type: 'SnapshotReceived',
    call: kind,
    snapshot: gateway.snapshot(),
    refusal: refused ? refusal('capture_refused', 'No.') : null,
    actionUntil: LATER,
  })

  function answerOf(call: Call): PaymentInput {
    const refund = refunds.get(call.refundKey)
    // The lookup before the void of an authentication that timed out.
    if (call.kind === 'VOID' && payment?.status === 'REQUIRES_ACTION' && !gateway.needsAction)
      return snapshotInput(call.kind, false)
    const { refused } = gateway.carryOut(call, refund?.amountMinor ?? 0n)
    if (call.kind === 'REFUND') {
      if (!refund) throw new Error('a refund call without a refund')
      return { type: 'RefundAnswered', known: refund, refusal: null }
    }
    return snapshotInput(call.kind, refused)
  }

  /** The answer of a refund is applied with its row as of the time of saving. */
  const asOfNow = (answer: PaymentInput): PaymentInput =>
    answer.type === 'RefundAnswered'
      ? { ...answer, known: refunds.get(answer.known.key) ?? answer.known }
      : answer

  const closeDone = () => {
    calls = calls.filter(({ kind, refundKey }) =>
      kind === 'REFUND' ? refunds.get(refundKey)?.status === 'PENDING' : payment?.pending === kind,
    )
  }

  return {
    gateway,
    events,
    refunds,
    input,
    get payment() {
      return payment
    },
    get isBusy() {
      return calls.length > 0
    },
    refund(key: string, amountMinor: bigint) {
      input({ type: 'Refund', key, amountMinor, isSameCurrency: true, known: refunds.get(key) ?? null })
    },
    /** Makes one of the open calls. Its answer arrives at once, later, or never. */
    make(pick: number, fate: 'answered' | 'late' | 'lost' | 'unsent') {
      const call = calls[pick % Math.max(calls.length, 1)]
      if (!call) return
      if (fate === 'unsent' || fate === 'lost') {
        if (fate === 'lost') answerOf(call)
        input({ type: 'OutcomeUnknown', call: call.kind })
        return
      }
      const answer = answerOf(call)
      if (fate === 'late') answers.push(answer)
      else input(answer)
      closeDone()
    },
    /** Delivers a delayed answer. It remains and may be delivered again. */
    late(pick: number) {
      const answer = answers[pick % Math.max(answers.length, 1)]
      if (answer) input(asOfNow(answer))
      closeDone()
    },
    /** A refund that succeeded fails at the gateway, and a lookup shows it: now, and again each time. */
    failRefund(key: string) {
      const known = refunds.get(key)
      if (!known) return
      if (known.status === 'SUCCEEDED') gateway.book.refunded -= known.amountMinor
      input({ type: 'RefundFoundFailed', known, refusal: refusal('account_closed', 'It is closed.') })
    },
    /** A webhook triggers a lookup, whose snapshot may arrive much later. */
    look(isLate: boolean) {
      if (!gateway.isKnown) return
      if (isLate) answers.push(snapshotInput('FETCH', false))
      else input(snapshotInput('FETCH', false))
      closeDone()
    },
  }
}

export type ModelWorld = ReturnType<typeof modelWorld>
