// Tested in any-order.test.ts: a saga is shown by its course.

import { unreachable } from '@argyle/kit/decision'
import { isAllClaimed, parcelClaim, refundIdOf, returnClaim } from './claims.ts'
import { evolve } from './evolve.ts'
import type { Answer, News } from './inputs.ts'
import { isGivenUp } from './outstanding.ts'
import type { Saga, SagaOrder, Stage, Undo } from './saga.ts'
import type { SagaEvent } from './saga-events.ts'
import {
  areSettled,
  everRefunded,
  type Parcel,
  type RefundClaim,
  type RefundTotals,
  type Sale,
  withParcel,
  withRefunded,
} from './sale.ts'

/** The stages of a paid order. */
type Sold = Extract<Stage, { sale: Sale }>

const NOTHING: readonly SagaEvent[] = []

/** Decides on a paid order: the events of the input, and `AllGivenBack` once everything is refunded. */
export function onceSold(order: SagaOrder, saga: Saga, stage: Sold, input: News): readonly SagaEvent[] {
  const events = [...eventsOf(order, stage, input)]
  const then = events.reduce(evolve, saga).stage
  const isOpen = then.step === 'DELIVERING' || (then.step === 'DONE' && then.status === 'DELIVERED')
  return isOpen && isGivenBack(order, then.sale) ? [...events, { type: 'AllGivenBack' }] : events
}

/** True if every unit was claimed and refunded and no parcel is under way. */
function isGivenBack(order: SagaOrder, sale: Sale): boolean {
  const isPaidBack = sale.claims.every(({ refund }) => refund === 'DONE')
  return isPaidBack && areSettled(sale) && isAllClaimed(order, sale)
}

function eventsOf(order: SagaOrder, stage: Sold, input: News): readonly SagaEvent[] {
  switch (input.type) {
    case 'ShipmentCreated':
      return moved(stage, { shipmentId: input.shipmentId, state: 'PACKED' }, input.parcelCount)
    case 'ShipmentDispatched':
      return moved(stage, { shipmentId: input.shipmentId, state: 'SENT' }, input.parcelCount)
    case 'ShipmentDelivered':
      return moved(stage, { shipmentId: input.shipmentId, state: 'DELIVERED' }, input.parcelCount)
    case 'ShipmentFailed':
      return failed(order, stage, input)
    case 'ReturnReceived':
      return received(order, stage, input)
    case 'StockRestocked':
      return stage.sale.claims
        .filter(({ id, restocked }) => id === input.restockId && !restocked)
        .map(({ id }) => ({ type: 'ClaimRestocked', id }))
    case 'PaymentRefunded':
    case 'RefundFailed':
    case 'RefundReversed':
      return whenRefundTold(stage.sale, input)
    case 'CancelRequested':
    case 'ShippingCancelled':
    case 'ShippingCancelRefused':
      return recall(stage, input)
    default:
      return NOTHING
  }
}

/** A refund, its refusal or its failure afterwards. Each also tells of an order that is being cancelled or is cancelled. */
export type RefundNews = Extract<News, { type: 'PaymentRefunded' | 'RefundFailed' | 'RefundReversed' }>

/** The events of news about a refund. */
export function whenRefundTold(sale: Sale, input: RefundNews): readonly SagaEvent[] {
  switch (input.type) {
    case 'PaymentRefunded':
      return refunded(sale, input)
    case 'RefundFailed':
      return refused(sale, input)
    case 'RefundReversed':
      return reversed(sale, input)
    default:
      return unreachable(input)
  }
}

function isTryOf({ id, refund, refundTry }: RefundClaim, refundId: string): boolean {
  return refund === 'OPEN' && refundIdOf(id, refundTry) === refundId
}

function moved({ step, sale }: Sold, parcel: Parcel, parcelCount: number): readonly SagaEvent[] {
  if (step === 'DONE' || step === 'UNDOING') return NOTHING
  return withParcel(sale, parcel, parcelCount) === sale
    ? NOTHING
    : [{ type: 'ParcelMoved', parcel, parcelCount }]
}

type Failure = Extract<Answer, { type: 'ShipmentFailed' }>

function failed(order: SagaOrder, stage: Sold, { shipmentId, parcelCount, lines }: Failure) {
  const news = moved(stage, { shipmentId, state: 'FAILED' }, parcelCount)
  if (news.length === 0 || stage.sale.claims.some(({ id }) => id === shipmentId)) return news
  const claim = parcelClaim(order, stage.sale, { shipmentId, lines })
  return [...news, { type: 'ClaimMade', claim } as const]
}

type Received = Extract<Answer, { type: 'ReturnReceived' }>

function received(order: SagaOrder, { sale }: Sold, input: Received): readonly SagaEvent[] {
  const known = sale.claims.find(({ id }) => id === input.returnId)
  if (known) return known.refund === 'DONE' ? [{ type: 'ClaimToldAgain', id: known.id }] : NOTHING
  const claim = returnClaim(order, sale, input)
  const made: SagaEvent = { type: 'ClaimMade', claim }
  // Nothing is left to refund, e.g. after a refund by staff: the return is settled at once.
  return claim.refund === 'DONE' ? [made, { type: 'ClaimToldAgain', id: claim.id }] : [made]
}

type Refunded = Extract<Answer, { type: 'PaymentRefunded' }>

const totalsOf = ({ refundedMinor, reversedMinor = 0n }: RefundTotals) => ({ refundedMinor, reversedMinor })

function refunded(sale: Sale, { refundId, amountMinor, ...told }: Refunded): readonly SagaEvent[] {
  const totals = totalsOf(told)
  const claim = sale.claims.find((known) => isTryOf(known, refundId))
  if (claim) return [{ type: 'ClaimRefunded', id: claim.id, amountMinor, ...totals }]
  if (everRefunded(totals) <= everRefunded(sale)) return NOTHING
  const { settled, covered } = paidByStaff(sale, totals)
  const noted: readonly SagaEvent[] =
    settled.length > 0 ? settled : [{ type: 'RefundNoted', amountMinor, ...totals }]
  return [...noted, ...covered]
}

/**
 * A refund by staff, spread over the claims whose refund is not repeated any more. It settles those that it covers with earlier ones, each with its own
 * amount, and all of them once nothing is left to refund. Its rest covers a part of the others, in their order.
 */
function paidByStaff(sale: Sale, totals: RefundTotals) {
  const isAll = withRefunded(sale, totals).refundedMinor >= sale.capturedMinor
  let left = everRefunded(totals) - everRefunded(sale)
  const take = ({ amountMinor, coveredMinor }: RefundClaim, isPartEnough: boolean) => {
    const due = amountMinor - coveredMinor
    const part = left < due ? left : due
    if (part < due && !isPartEnough) return null
    left -= part
    return part
  }
  const settled: SagaEvent[] = []
  const others: RefundClaim[] = []
  for (const claim of sale.claims.filter(isWaitingForStaff)) {
    const part = take(claim, isAll)
    if (part === null) others.push(claim)
    else {
      const amountMinor = claim.coveredMinor + part
      settled.push({ type: 'ClaimRefunded', id: claim.id, amountMinor, ...totals })
    }
  }
  const covered = others.flatMap((claim): SagaEvent[] => {
    const amountMinor = take(claim, true) ?? 0n
    return amountMinor > 0n ? [{ type: 'ClaimCovered', id: claim.id, amountMinor }] : []
  })
  return { settled, covered }
}

const isWaitingForStaff = ({ refund, refundTry }: RefundClaim) => refund === 'OPEN' && isGivenUp(refundTry)

type Reversed = Extract<Answer, { type: 'RefundReversed' }>

/** A refund that failed after it had succeeded. That of a claim opens the claim again, which then waits for staff: the same refund would fail again. */
function reversed(sale: Sale, { type, ...told }: Reversed): readonly SagaEvent[] {
  const claim = sale.claims.find(({ id, refundTry }) => refundIdOf(id, refundTry) === told.refundId)
  if (!claim && withRefunded(sale, told) === sale) return NOTHING
  return [{ type, claimId: claim?.id ?? null, ...told }]
}

type Refusal = Extract<Answer, { type: 'RefundFailed' }>

/**
 * Repeats a refused refund with the rest of the amount. If nothing is left, e.g. after a refund by staff, the
 * claim is settled.
 */
function refused(sale: Sale, { refundId, code, message }: Refusal): readonly SagaEvent[] {
  const claim = sale.claims.find((known) => isTryOf(known, refundId))
  if (!claim) return NOTHING
  const { refundedMinor, capturedMinor } = sale
  return refundedMinor < capturedMinor
    ? [{ type: 'RefundRefused', claimId: claim.id, code, message }]
    : [{ type: 'ClaimRefunded', id: claim.id, amountMinor: 0n, refundedMinor }]
}

type Recall = Extract<News, { type: `${'Cancel' | 'Shipping'}${string}` }>

/** Asks shipping first: the order is cancelled only if no parcel has left. */
function recall(stage: Sold, input: Recall): readonly SagaEvent[] {
  if (input.type === 'CancelRequested') {
    const canBe = stage.step === 'ARRANGING' || stage.status === 'FULFILLING'
    return canBe ? [{ type: 'RecallBegan', reason: input.reason, actor: input.actor }] : NOTHING
  }
  if (stage.step !== 'RECALLING') return NOTHING
  if (input.type === 'ShippingCancelRefused') return [{ type: 'RecallRefused', shipmentId: input.shipmentId }]
  const isPaid = stage.sale.capturedMinor > stage.sale.refundedMinor
  const undo: Undo = { stock: 'RESTOCK', payment: isPaid ? 'REFUND' : null }
  return [{ type: 'ParcelsHeldBack', undo }]
}
