// Tested in any-order.test.ts: the test passes orders through the saga.

import { isAllClaimed, parcelClaim, returnClaim } from './claims.ts'
import { onRefund } from './decide-refund.ts'
import { evolve } from './evolve.ts'
import type { Answer, News } from './inputs.ts'
import type { Saga, SagaOrder, Stage, Undo } from './saga.ts'
import type { SagaEvent } from './saga-events.ts'
import { areSettled, type Parcel, type Sale, withParcel } from './sale.ts'

/** The stages of a paid order that is not being cancelled at inventory and payments. */
type Sold = Exclude<Extract<Stage, { sale: Sale }>, { step: 'UNDOING' }>

const NOTHING: readonly SagaEvent[] = []

/** Decides on a paid order: the events of the input, then `AllGivenBack` once everything is refunded. */
export function onceSold(order: SagaOrder, saga: Saga, stage: Sold, input: News): readonly SagaEvent[] {
  const events = [...eventsOf(order, stage, input)]
  const then = events.reduce(evolve, saga).stage
  const isOpen = then.step === 'DELIVERING' || then.status === 'DELIVERED'
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
      return onRefund(stage.sale, input)
    case 'CancelRequested':
    case 'ShippingCancelled':
    case 'ShippingCancelRefused':
      return recall(stage, input)
    default:
      return NOTHING
  }
}

function moved({ step, sale }: Sold, parcel: Parcel, parcelCount: number): readonly SagaEvent[] {
  if (step === 'DONE') return NOTHING
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
  if (known) return known.refund === 'DONE' ? [{ type: 'ClaimAnswerRepeated', id: known.id }] : NOTHING
  const claim = returnClaim(order, sale, input)
  const made: SagaEvent = { type: 'ClaimMade', claim }
  // Nothing is left to refund, e.g. after a refund by staff: the return is settled at once.
  return claim.refund === 'DONE' ? [made, { type: 'ClaimAnswerRepeated', id: claim.id }] : [made]
}

type Recall = Extract<News, { type: `${'Cancel' | 'Shipping'}${string}` }>

/** Shipping is asked first: the order is cancelled only if no parcel has left. */
function recall(stage: Sold, input: Recall): readonly SagaEvent[] {
  if (input.type === 'CancelRequested') {
    const canBe = stage.step === 'ARRANGING' || stage.status === 'FULFILLING'
    return canBe ? [{ type: 'RecallBegan', reason: input.reason }] : NOTHING
  }
  if (stage.step !== 'RECALLING') return NOTHING
  if (input.type === 'ShippingCancelRefused') return [{ type: 'RecallRefused', shipmentId: input.shipmentId }]
  const isPaid = stage.sale.capturedMinor > stage.sale.refundedMinor
  const undo: Undo = { stock: 'RESTOCK', payment: isPaid ? 'REFUND' : null }
  return [{ type: 'ParcelsHeldBack', undo }]
}
