import { unreachable } from '@argyle/kit/decision'
import { formatMoney, money } from '@argyle/kit/money'
import type { CancelReason } from '../generated/prisma/enums.ts'
import { saleOf } from './evolve.ts'
import { isGivenUp, MOST_REFUND_TRIES } from './outstanding.ts'
import type { Saga, SagaOrder, Undo } from './saga.ts'
import type { SagaEvent } from './saga-events.ts'
import type { Cover, RefundClaim } from './sale.ts'

const REASONS: Record<CancelReason, string> = {
  OUT_OF_STOCK: 'there was not enough stock',
  PAYMENT_DECLINED: 'the payment was refused',
  PAYMENT_TIMEOUT: 'the payment timed out',
  CUSTOMER_REQUEST: 'cancellation was requested',
  FRAUD: 'the payment was refused as fraud',
  ADDRESS_REMOVED: 'its address was removed or changed before it was placed',
}

const STATES = { PACKED: 'is being packed', SENT: 'left', DELIVERED: 'arrived', FAILED: 'failed' } as const

/** Describes an event for support staff; null for internal events. `saga` is the state after the event. */
export function describe(order: SagaOrder, saga: Saga, event: SagaEvent): string | null {
  const amount = (minor: bigint) => Object.values(formatMoney(money(minor, order.currency))).join(' ')
  switch (event.type) {
    case 'StockHeld':
      return stockHeld(event)
    case 'PaymentChosen':
      return event.pays
        ? 'The customer chose how to pay; the payment is being authorized.'
        : 'The total is zero; the stock is being taken.'
    case 'SecondStepAsked':
      return `The bank requires the customer to authenticate the payment${event.expiresAt ? `, until ${event.expiresAt}` : ''}.`
    case 'PaymentSecured':
      return `The payment of ${amount(order.totalMinor)} is authorized; the stock is being taken.`
    case 'StockTaken':
      return `The stock is taken from ${warehouses(event.allocations)}; the payment is being captured.`
    case 'OrderConfirmed':
      return confirmed(event, amount)
    case 'CancellationBegan': {
      const why = event.because ?? REASONS[event.reason]
      return `The order is being cancelled: ${why}. ${undoing(event.undo)}`
    }
    case 'UndoProgressed':
      return event.undo.stock === null ? 'The stock is released.' : 'The payment is settled.'
    case 'VoidCameTooLate':
      return `${amount(event.capturedMinor)} was captured already. ${undoing(event.undo)}`
    case 'OrderCancelled':
      return `The order is cancelled: ${REASONS[event.reason]}. Nothing is held or owed.`
    case 'RecallBegan':
      return 'Cancellation was requested; shipping is asked to stop the parcels.'
    case 'RecallRefused':
      return `The order can no longer be cancelled: parcel ${event.shipmentId} has left.`
    case 'ParcelsHeldBack':
      return `The parcels are stopped. ${undoing(event.undo)}`
    case 'ParcelMoved': {
      const { shipmentId, state } = event.parcel
      return `Parcel ${shipmentId} ${STATES[state]}${event.parcelCount > 1 ? `, one of ${event.parcelCount}` : ''}.`
    }
    case 'ClaimMade':
      return claimMade(event.claim, amount)
    case 'ClaimRefunded':
      return `${amount(event.amountMinor)} was refunded for ${event.id}${event.by ? `, by ${refundOf(event.by)}` : ''}.`
    case 'ClaimRestocked':
      return `The units of ${event.id} are back in stock.`
    case 'RefundRefused': {
      const what = event.claimId ?? 'the cancelled order'
      const { stage } = saga
      const claim = saleOf(saga).claims.find(({ id }) => id === event.claimId)
      const next = claim?.refundTry ?? (stage.step === 'UNDOING' ? stage.refundTry : 1)
      const then = isGivenUp(next)
        ? `It was refused ${MOST_REFUND_TRIES} times and is not repeated: staff make it by refundPayment.`
        : 'It is repeated.'
      return `The refund for ${what} was refused (${event.code}): ${event.message}. ${then}`
    }
    case 'ClaimCovered': {
      const claim = saleOf(saga).claims.find(({ id }) => id === event.id)
      const rest = claim ? claim.amountMinor - claim.coveredMinor : 0n
      return `${amount(event.by.amountMinor)} of ${refundOf(event.by)} is for ${event.id}; ${amount(rest)} is still to be refunded.`
    }
    case 'RefundReversed': {
      const what = `The refund ${event.refundId} of ${amount(event.amountMinor)}`
      const total = `${amount(saleOf(saga).refundedMinor)} is refunded in total`
      return `${what} failed after it was made (${event.code}): ${event.message} The money is back at the shop, and ${total}. It is not repeated: staff make it by refundPayment.`
    }
    case 'RefundNoted':
      return `${amount(event.amountMinor)} was refunded by ${event.refundId}, ${amount(event.refundedMinor)} in total.`
    case 'RestLeftToStaff': {
      const { capturedMinor, refundedMinor } = saleOf(saga)
      return `${amount(capturedMinor - refundedMinor)} is still to be refunded: staff make it by refundPayment.`
    }
    case 'AllGivenBack':
      return `Everything was returned, and ${amount(saleOf(saga).refundedMinor)} was refunded.`
    case 'CommandRepeated':
      return saga.attempts === 2 ? 'There was no answer within 30 seconds; the request is repeated.' : null
    case 'StrayHoldFound':
      return 'Stock was held although the order is cancelled; it is released.'
    case 'StrayPaymentFound':
      return 'A payment was authorized although the order is cancelled; it is voided.'
    case 'ClaimToldAgain':
      return null
    default:
      return unreachable(event)
  }
}

const refundOf = ({ refundId }: Cover) => refundId ?? 'later refunds'

type StockHeld = Extract<SagaEvent, { type: 'StockHeld' }>

function stockHeld({ payUntil, payLater }: StockHeld): string {
  if (!payUntil) return 'Stock is held; the total is zero.'
  return payLater
    ? `Stock is held until ${payUntil.toISOString()}; the customer has yet to choose how to pay.`
    : 'Stock is held; the payment is being authorized.'
}

type Confirmed = Extract<SagaEvent, { type: 'OrderConfirmed' }>

function confirmed({ capturedMinor, ships }: Confirmed, amount: (minor: bigint) => string): string {
  const paid = capturedMinor > 0n ? `${amount(capturedMinor)} was captured` : 'The stock is taken'
  return ships ? `${paid}; shipping is asked to create the parcels.` : `${paid}.`
}

function claimMade(
  { id, kind, lines, amountMinor, restock }: RefundClaim,
  amount: (minor: bigint) => string,
) {
  const units = (list: readonly { quantity: number }[]) =>
    list.reduce((sum, { quantity }) => sum + quantity, 0)
  const back = amountMinor > 0n ? `${amount(amountMinor)} is being refunded` : 'nothing is left to refund'
  if (kind === 'PARCEL') return `Parcel ${id} failed with ${units(lines)} units: ${back}.`
  return `Return ${id} was received with ${units(lines)} units: ${back}, and ${units(restock)} go back into stock.`
}

function undoing({ stock, payment }: Undo): string {
  const works = [
    ...(stock === 'RELEASE' ? ['the stock is being released'] : []),
    ...(stock === 'RESTOCK' ? ['the units go back into stock'] : []),
    ...(payment === 'VOID' ? ['the payment is being voided'] : []),
    ...(payment === 'REFUND' ? ['the payment is being refunded'] : []),
  ].join(', ')
  return `${works.charAt(0).toUpperCase()}${works.slice(1)}.`
}

function warehouses(allocations: readonly { warehouseCode: string }[]): string {
  return [...new Set(allocations.map(({ warehouseCode }) => warehouseCode))].join(' and ') || 'the shelves'
}
