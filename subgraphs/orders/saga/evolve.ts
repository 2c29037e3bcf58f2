// Tested in saga.test.ts: the test passes orders through the saga.

import { unreachable } from '@argyle/kit/decision'
import { GIVEN_UP } from './outstanding.ts'
import type { Saga, Stage } from './saga.ts'
import type { SagaEvent } from './saga-events.ts'
import {
  type Cover,
  NO_SALE,
  progressOf,
  type RefundClaim,
  type Sale,
  withClaim,
  withParcel,
  withRefunded,
} from './sale.ts'

/** Applies an event to a saga. The version is incremented exactly when the public status changes. */
export function evolve(saga: Saga, event: SagaEvent): Saga {
  switch (event.type) {
    case 'StockHeld':
    case 'PaymentChosen':
    case 'PaymentSecured':
    case 'StockTaken':
    case 'OrderConfirmed':
      return moved(saga, forward(saga, event))
    case 'CancellationBegan':
    case 'UndoProgressed':
    case 'VoidCameTooLate':
    case 'ParcelsHeldBack':
    case 'OrderCancelled':
      return moved(saga, backward(saga, event))
    case 'RecallBegan':
      return moved(saga, {
        status: 'CANCELLING',
        step: 'RECALLING',
        cancelReason: event.reason,
        sale: saleOf(saga),
      })
    case 'RecallRefused': {
      const left = withParcel(saleOf(saga), { shipmentId: event.shipmentId, state: 'SENT' }, 0)
      return moved(saga, delivering(left))
    }
    case 'ParcelMoved': {
      const sale = withParcel(saleOf(saga), event.parcel, event.parcelCount)
      return saga.stage.step === 'RECALLING' ? withSale(saga, sale) : moved(saga, delivering(sale))
    }
    case 'AllGivenBack':
      return moved(saga, { status: 'REFUNDED', step: 'DONE', sale: saleOf(saga) })
    case 'CommandRepeated':
      return { ...saga, attempts: saga.attempts + 1 }
    case 'SecondStepAsked':
    case 'ClaimAnswerRepeated':
    case 'StrayHoldFound':
    case 'StrayPaymentFound':
      return saga
    case 'ClaimMade':
    case 'ClaimRefunded':
    case 'ClaimCovered':
    case 'ClaimRestocked':
    case 'RefundRefused':
    case 'RefundNoted':
      return onClaim(saga, event)
    case 'RefundReversed':
      return onReversal(saga, event)
    case 'RestLeftToStaff':
      return saga.stage.step === 'UNDOING' ? { ...saga, stage: { ...saga.stage, refundTry: GIVEN_UP } } : saga
    default:
      return unreachable(event)
  }
}

/** Applies an event to the sale of a paid order. */
export function saleOf({ stage }: Saga): Sale {
  return 'sale' in stage ? stage.sale : NO_SALE
}

function delivering(sale: Sale): Stage {
  const status = progressOf(sale)
  return status === 'DELIVERED' ? { status, step: 'DONE', sale } : { status, step: 'DELIVERING', sale }
}

type Forward = Extract<
  SagaEvent,
  { type: 'StockHeld' | 'PaymentChosen' | 'PaymentSecured' | 'StockTaken' | 'OrderConfirmed' }
>

function forward({ stage }: Saga, event: Forward): Stage {
  switch (event.type) {
    case 'StockHeld': {
      const { reservationId, payUntil, payLater } = event
      const step = payLater ? 'CHOOSING_PAYMENT' : 'AUTHORIZING'
      return payUntil
        ? { status: 'AWAITING_PAYMENT', step, reservationId, payUntil }
        : { status: 'PENDING', step: 'COMMITTING_STOCK', reservationId }
    }
    case 'PaymentChosen': {
      if (stage.step !== 'CHOOSING_PAYMENT') throw new Error(`payment chosen while ${stage.step}`)
      const { status, reservationId, payUntil } = stage
      return event.pays
        ? { status, step: 'AUTHORIZING', reservationId, payUntil }
        : { status, step: 'COMMITTING_STOCK', reservationId }
    }
    case 'PaymentSecured': {
      if (stage.step !== 'AUTHORIZING') throw new Error(`payment authorized at step ${stage.step}`)
      const { reservationId } = stage
      return { status: 'AWAITING_PAYMENT', step: 'COMMITTING_STOCK', reservationId }
    }
    case 'StockTaken':
      return { status: 'AWAITING_PAYMENT', step: 'CAPTURING', allocations: event.allocations }
    case 'OrderConfirmed': {
      const { allocations, capturedMinor, ships } = event
      const sale = { ...NO_SALE, capturedMinor }
      return ships
        ? { status: 'CONFIRMED', step: 'ARRANGING', allocations, sale }
        : { status: 'CONFIRMED', step: 'DONE', sale }
    }
    default:
      return unreachable(event)
  }
}

type Backward = Extract<
  SagaEvent,
  {
    type: 'CancellationBegan' | 'UndoProgressed' | 'VoidCameTooLate' | 'ParcelsHeldBack' | 'OrderCancelled'
  }
>

function backward(saga: Saga, event: Backward): Stage {
  const sale = saleOf(saga)
  if (event.type === 'OrderCancelled')
    return { status: 'CANCELLED', step: 'DONE', cancelReason: event.reason, sale }
  const { stage } = saga
  const cancelReason =
    event.type === 'CancellationBegan' ? event.reason : 'cancelReason' in stage ? stage.cancelReason : null
  if (cancelReason === null) throw new Error(`${event.type} at step ${stage.step}`)
  const refundTry = stage.step === 'UNDOING' ? stage.refundTry : 1
  const captured = event.type === 'VoidCameTooLate' ? { ...sale, capturedMinor: event.capturedMinor } : sale
  return {
    status: 'CANCELLING',
    step: 'UNDOING',
    cancelReason,
    undo: event.undo,
    refundTry,
    sale: captured,
  }
}

type OnClaim = Extract<
  SagaEvent,
  {
    type: 'ClaimMade' | 'ClaimRefunded' | 'ClaimCovered' | 'ClaimRestocked' | 'RefundRefused' | 'RefundNoted'
  }
>

function onClaim(saga: Saga, event: OnClaim): Saga {
  const { stage } = saga
  const sale = saleOf(saga)
  switch (event.type) {
    case 'ClaimMade':
      return { ...withSale(saga, withClaim(sale, event.claim)), attempts: 1 }
    case 'RefundNoted':
      return withSale(saga, withRefunded(sale, event))
    case 'ClaimRefunded': {
      const claim = sale.claims.find(({ id }) => id === event.id)
      if (!claim) return saga
      const { amountMinor, by } = event
      const done = { ...(by ? coveredWith(claim, by) : claim), refund: 'DONE', amountMinor } as const
      return withSale(saga, withRefunded(withClaim(sale, done), event))
    }
    case 'ClaimCovered': {
      const claim = sale.claims.find(({ id }) => id === event.id)
      return claim ? withSale(saga, withClaim(sale, coveredWith(claim, event.by))) : saga
    }
    case 'ClaimRestocked': {
      const claim = sale.claims.find(({ id }) => id === event.id)
      return claim ? withSale(saga, withClaim(sale, { ...claim, restocked: true })) : saga
    }
    case 'RefundRefused': {
      if (event.claimId === null)
        return stage.step === 'UNDOING'
          ? { ...saga, stage: { ...stage, refundTry: stage.refundTry + 1 } }
          : saga
      const claim = sale.claims.find(({ id }) => id === event.claimId)
      return claim ? withSale(saga, withClaim(sale, { ...claim, refundTry: claim.refundTry + 1 })) : saga
    }
    default:
      return unreachable(event)
  }
}

type Reversal = Extract<SagaEvent, { type: 'RefundReversed' }>

/**
 * The refund of a claim that failed after it had succeeded is not repeated automatically. A refund by staff
 * that failed covers no claim any more.
 */
function onReversal(saga: Saga, { claimId, reopened, refundId, amountMinor, ...totals }: Reversal): Saga {
  const sale = withRefunded(saleOf(saga), totals)
  const claims = sale.claims.map((known): RefundClaim => {
    const claim = reopened.includes(known.id) ? { ...known, reversals: known.reversals + 1 } : known
    if (claim.id === claimId) return { ...claim, amountMinor, refund: 'OPEN', refundTry: GIVEN_UP }
    const lost = claim.coveredBy.filter((part) => part.refundId === refundId)
    if (lost.length === 0) return claim
    const coveredMinor = lost.reduce((rest, part) => rest - part.amountMinor, claim.coveredMinor)
    const coveredBy = claim.coveredBy.filter((part) => part.refundId !== refundId)
    return { ...claim, refund: 'OPEN', coveredMinor, coveredBy }
  })
  return withSale(saga, { ...sale, claims })
}

function coveredWith(claim: RefundClaim, by: Cover): RefundClaim {
  const coveredMinor = claim.coveredMinor + by.amountMinor
  return { ...claim, coveredMinor, coveredBy: [...claim.coveredBy, by] }
}

/** The saga with another sale, if its stage has a sale. */
function withSale(saga: Saga, sale: Sale): Saga {
  const { stage } = saga
  return 'sale' in stage && stage.sale !== sale ? { ...saga, stage: { ...stage, sale } } : saga
}

function moved({ stage: before, version }: Saga, stage: Stage): Saga {
  return { stage, version: before.status === stage.status ? version : version + 1, attempts: 1 }
}
