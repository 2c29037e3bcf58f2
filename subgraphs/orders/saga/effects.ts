// Tested in saga.test.ts: each step of an order has its messages there.

import { unreachable } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import { commandsOfClaim, commandsOfStage, messagesFor, outstanding } from './commands.ts'
import { saleOf } from './evolve.ts'
import type { Saga, SagaOrder } from './saga.ts'
import type { SagaEvent } from './saga-events.ts'

/** The commands and domain events that an event causes. `saga` is the state after the event. */
export function messagesOf(order: SagaOrder, saga: Saga, event: SagaEvent): readonly NewEvent[] {
  const { id: orderId } = order
  switch (event.type) {
    case 'StockHeld':
    case 'PaymentChosen':
    case 'PaymentSecured':
    case 'StockTaken':
    case 'CancellationBegan':
    case 'VoidCameTooLate':
    case 'RecallBegan':
    case 'ParcelsHeldBack':
      return messagesFor(order, saga, commandsOfStage(order, saga.stage))
    case 'CommandRepeated':
      return messagesFor(order, saga, outstanding(order, saga))
    case 'OrderConfirmed':
      return [
        orderEvent(order, saga, 'confirmed', {}),
        ...messagesFor(order, saga, commandsOfStage(order, saga.stage)),
      ]
    case 'OrderCancelled':
      return [orderEvent(order, saga, 'cancelled', { reason: event.reason })]
    case 'AllGivenBack':
      return [orderEvent(order, saga, 'refunded', {})]
    case 'ParcelMoved':
      return saga.stage.status === 'DELIVERED' ? [orderEvent(order, saga, 'delivered', {})] : []
    case 'ClaimMade':
      return messagesFor(order, saga, commandsOfClaim(order, saleOf(saga), event.claim))
    case 'ClaimRefunded':
    case 'ClaimAnswerRepeated':
      return returnMessage(order, saga, { returnId: event.id, type: 'refunded' })
    case 'RefundReversed':
      return event.reopened.flatMap((returnId) =>
        returnMessage(order, saga, { returnId, type: 'refund_failed' }),
      )
    case 'StrayHoldFound':
      return messagesFor(order, saga, [{ type: 'inventory.release', data: { orderId } }])
    case 'StrayPaymentFound':
      return messagesFor(order, saga, [{ type: 'payments.void', data: { orderId } }])
    case 'SecondStepAsked':
    case 'UndoProgressed':
    case 'RecallRefused':
    case 'ClaimRestocked':
    case 'RefundRefused':
    case 'RefundNoted':
    case 'ClaimCovered':
    case 'RestLeftToStaff':
      return []
    default:
      return unreachable(event)
  }
}

/** A domain event about an order. */
function orderEvent(order: SagaOrder, { version }: Saga, what: string, more: object): NewEvent {
  const { id: subject, number, customerId } = order
  const data = { orderId: subject, number, customerId, ...more }
  return { type: `orders.order.${what}`, subject, sequence: version, data }
}

type AboutReturn = { readonly returnId: string; readonly type: 'refunded' | 'refund_failed' }

/**
 * The message to shipping that a return is refunded, or that its refund failed afterwards. `reversals` orders them: of two messages with the
 * same number, the one of the refund is the later.
 */
function returnMessage(order: SagaOrder, saga: Saga, { returnId, type }: AboutReturn): readonly NewEvent[] {
  const claim = saleOf(saga).claims.find(({ id, kind }) => id === returnId && kind === 'RETURN')
  if (!claim) return []
  const { amountMinor, reversals } = claim
  const amount = { amountMinor: String(amountMinor), currencyCode: order.currency }
  const data = { orderId: order.id, returnId, amount, reversals }
  return [{ type: `orders.return.${type}`, subject: order.id, sequence: saga.version, data }]
}
