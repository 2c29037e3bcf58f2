// Tested in saga.test.ts: the test passes orders through the saga.

import { unreachable } from '@argyle/kit/decision'
import type { CancelReason } from '../generated/prisma/enums.ts'
import { onRefund, whenReversed } from './decide-refund.ts'
import { onceSold } from './decide-sale.ts'
import { onceCancelled, whileUndoing } from './decide-undo.ts'
import { evolve } from './evolve.ts'
import type { CancelRequested, News, SagaInput } from './inputs.ts'
import { isOutstanding } from './outstanding.ts'
import type { Saga, SagaOrder, Stage } from './saga.ts'
import type { SagaEvent } from './saga-events.ts'
import { NO_SALE } from './sale.ts'

const NOTHING: readonly SagaEvent[] = []

/**
 * Time in which a customer has to pay, including authentication. It is longer than the timeout of payments
 * and shorter than the lifetime of inventory's reservation.
 */
const PAY_WITHIN_MS = 12 * 60_000

type StageAt<Step extends Stage['step']> = Extract<Stage, { step: Step }>

/**
 * Decides the events that follow from an input. Inputs arrive in any order and more than once. An input that
 * the current stage does not wait for has no effect. `model.test.ts` explores all reachable states.
 */
export function decide(
  order: SagaOrder,
  saga: Saga,
  input: SagaInput,
  now = new Date(0),
): readonly SagaEvent[] {
  if (input.type === 'TimedOut') return onTimeout(saga, input.now)
  if (input.type === 'RefundReversed') return onReversal(order, saga, input, now)
  const { stage } = saga
  switch (stage.step) {
    case 'RESERVING':
      return whileReserving(order, input, now)
    case 'CHOOSING_PAYMENT':
      return whileChoosing(order, input)
    case 'AUTHORIZING':
      return whileAuthorizing(input)
    case 'COMMITTING_STOCK':
      return whileCommitting(order, input)
    case 'CAPTURING':
      return whileCapturing(order, stage, input)
    case 'UNDOING':
      return whileUndoing(order, stage, input)
    case 'ARRANGING':
    case 'DELIVERING':
    case 'RECALLING':
      return onceSold(order, saga, stage, input)
    case 'DONE':
      return stage.status === 'CANCELLED'
        ? onceCancelled(order, stage, input)
        : onceSold(order, saga, stage, input)
    default:
      return unreachable(stage)
  }
}

type Reversed = Extract<SagaInput, { type: 'RefundReversed' }>

/**
 * A reversal may overtake the message of its refund. It is applied as both, so that their order makes no
 * difference.
 */
function onReversal(order: SagaOrder, saga: Saga, input: Reversed, now: Date): readonly SagaEvent[] {
  const { refundId, amountMinor, refundedMinor, reversedMinor = 0n } = input
  const totals = { refundedMinor: refundedMinor + amountMinor, reversedMinor: reversedMinor - amountMinor }
  const made = decide(order, saga, { type: 'PaymentRefunded', refundId, amountMinor, ...totals }, now)
  const then = made.reduce(evolve, saga)
  return 'sale' in then.stage ? [...made, ...whenReversed(then, input)] : made
}

function onTimeout(saga: Saga, now: Date): readonly SagaEvent[] {
  const { stage } = saga
  if ('payUntil' in stage && now >= stage.payUntil) {
    const undo = { stock: 'RELEASE', payment: stage.step === 'AUTHORIZING' ? 'VOID' : null } as const
    return [{ type: 'CancellationBegan', reason: 'PAYMENT_TIMEOUT', undo, because: null }]
  }
  return isOutstanding(saga) ? [{ type: 'CommandRepeated' }] : NOTHING
}

function whileReserving(order: SagaOrder, input: News, now: Date): readonly SagaEvent[] {
  switch (input.type) {
    case 'StockReserved': {
      const { payLater, paymentMethodId } = order
      const isPaid = payLater || paymentMethodId !== null
      const payUntil = isPaid ? new Date(now.getTime() + PAY_WITHIN_MS) : null
      return [{ type: 'StockHeld', reservationId: input.reservationId, payUntil, payLater }]
    }
    case 'StockRejected':
    // The reservation expired before this answer arrived. Inventory closes such an order, so a new reserve
    // command would fail.
    case 'ReservationExpired':
      return [{ type: 'OrderCancelled', reason: 'OUT_OF_STOCK' }]
    case 'CancelRequested':
      return [cancellation(input, { stock: 'RELEASE', payment: null })]
    default:
      return NOTHING
  }
}

/** Payments has received no command yet, so only stock has to be released. */
function whileChoosing(order: SagaOrder, input: News): readonly SagaEvent[] {
  switch (input.type) {
    case 'PaymentChosen':
      return [{ type: 'PaymentChosen', pays: order.paymentMethodId !== null }]
    case 'ReservationExpired': {
      // Inventory also answers the release of an expired reservation, so the order passes through CANCELLING
      // as always.
      const undo = { stock: 'RELEASE', payment: null } as const
      const because = 'the reservation of the stock expired'
      return [{ type: 'CancellationBegan', reason: 'PAYMENT_TIMEOUT', undo, because }]
    }
    case 'CancelRequested':
      return [cancellation(input, { stock: 'RELEASE', payment: null })]
    default:
      return NOTHING
  }
}

function whileAuthorizing(input: News): readonly SagaEvent[] {
  switch (input.type) {
    case 'PaymentAuthorized':
      return [{ type: 'PaymentSecured' }]
    case 'ActionRequired':
      return [{ type: 'SecondStepAsked', expiresAt: input.expiresAt }]
    case 'PaymentDeclined': {
      const undo = { stock: 'RELEASE', payment: null } as const
      const reason = reasonOfDecline(input.code)
      return [{ type: 'CancellationBegan', reason, undo, because: input.message }]
    }
    // The authorization was voided at the gateway.
    case 'PaymentVoided': {
      const undo = { stock: 'RELEASE', payment: null } as const
      const because = 'the payment was voided'
      return [{ type: 'CancellationBegan', reason: 'PAYMENT_DECLINED', undo, because }]
    }
    case 'ReservationExpired': {
      const undo = { stock: null, payment: 'VOID' } as const
      const because = 'the reservation of the stock expired'
      return [{ type: 'CancellationBegan', reason: 'PAYMENT_TIMEOUT', undo, because }]
    }
    case 'CancelRequested':
      return [cancellation(input, { stock: 'RELEASE', payment: 'VOID' })]
    default:
      return NOTHING
  }
}

/** Past the pivot: a request to cancel is ignored, since the commit may already be executed. */
function whileCommitting(order: SagaOrder, input: News): readonly SagaEvent[] {
  const isPaying = order.paymentMethodId !== null
  switch (input.type) {
    case 'StockCommitted': {
      const { allocations } = input
      // Earlier versions of inventory send no allocations. Repeating the command gets them.
      if (order.shipping && allocations.length === 0) return NOTHING
      if (isPaying) return [{ type: 'StockTaken', allocations }]
      return [{ type: 'OrderConfirmed', capturedMinor: 0n, allocations, ships: order.shipping !== null }]
    }
    // The answer to a commit that arrived after the reservation had expired. A committed reservation never
    // expires.
    case 'ReservationExpired': {
      if (!isPaying) return [{ type: 'OrderCancelled', reason: 'OUT_OF_STOCK' }]
      const undo = { stock: null, payment: 'VOID' } as const
      const because = 'the reservation of the stock had expired when it was committed'
      return [{ type: 'CancellationBegan', reason: 'OUT_OF_STOCK', undo, because }]
    }
    default:
      return NOTHING
  }
}

function whileCapturing(
  order: SagaOrder,
  { allocations }: StageAt<'CAPTURING'>,
  input: News,
): readonly SagaEvent[] {
  switch (input.type) {
    case 'PaymentCaptured': {
      const { capturedMinor } = input
      if (capturedMinor !== order.totalMinor)
        throw new Error(
          `order ${order.id} has a total of ${order.totalMinor}, but ${capturedMinor} was captured`,
        )
      return [{ type: 'OrderConfirmed', capturedMinor, allocations, ships: order.shipping !== null }]
    }
    // The message of a refund by staff arrived first. Only captured money can be refunded, and a capture is
    // always of the total.
    case 'PaymentRefunded': {
      return [
        {
          type: 'OrderConfirmed',
          capturedMinor: order.totalMinor,
          allocations,
          ships: order.shipping !== null,
        },
        ...onRefund(NO_SALE, input),
      ]
    }
    case 'CaptureFailed': {
      const undo = { stock: 'RESTOCK', payment: 'VOID' } as const
      return [
        {
          type: 'CancellationBegan',
          reason: 'PAYMENT_DECLINED',
          undo,
          because: input.message,
        },
      ]
    }
    // The authorization was voided at the gateway, so no money will be captured.
    case 'PaymentVoided': {
      const undo = { stock: 'RESTOCK', payment: null } as const
      const because = 'the payment was voided'
      return [{ type: 'CancellationBegan', reason: 'PAYMENT_DECLINED', undo, because }]
    }
    default:
      return NOTHING
  }
}

function cancellation(
  { reason }: CancelRequested,
  undo: Extract<SagaEvent, { type: 'CancellationBegan' }>['undo'],
): SagaEvent {
  return { type: 'CancellationBegan', reason, undo, because: null }
}

/** Decline codes of payments for fraud and for authentication that timed out. */
export const FRAUD_CODES: ReadonlySet<string> = new Set([
  'fraud',
  'fraudulent',
  'suspected_fraud',
  'stolen_card',
])
export const TIMEOUT_CODES: ReadonlySet<string> = new Set(['action_timeout'])

function reasonOfDecline(code: string): CancelReason {
  if (FRAUD_CODES.has(code)) return 'FRAUD'
  return TIMEOUT_CODES.has(code) ? 'PAYMENT_TIMEOUT' : 'PAYMENT_DECLINED'
}
