import { unreachable } from '@argyle/kit/decision'
import { formatMoney, money } from '@argyle/kit/money'
import type { CancelReason } from '../generated/prisma/enums.ts'
import { saleOf } from './evolve.ts'
import { isGivenUp, MAX_REFUND_ATTEMPTS } from './outstanding.ts'
import type { Saga, SagaOrder, Undo } from './saga.ts'
import type { SagaEvent } from './saga-events.ts'
import type { Cover, RefundClaim } from './sale.ts'

const REASONS: Record<CancelReason, string> = {
  OUT_OF_STOCK: 'there was not enough stock',
  PAYMENT_DECLINED: 'the payment was declined',
  PAYMENT_TIMEOUT: 'the payment timed out',
  CUSTOMER_REQUEST: 'cancellation was requested',
  FRAUD: 'the payment was declined as fraud',
  ADDRESS_REMOVED: 'its shipping address was removed or changed before it was placed',
}

const BY_STAFF = 'Staff have to refund it with refundPayment.'

const STATES = {
  PACKED: 'is being packed',
  SENT: 'was shipped',
  DELIVERED: 'was delivered',
  FAILED: 'could not be delivered',
} as const

/** Describes an event for support staff; null for internal events. `saga` is the state after the event. */
export function describe(order: SagaOrder, saga: Saga, event: SagaEvent): string | null {
  const amount = (minor: bigint) => Object.values(formatMoney(money(minor, order.currency))).join(' ')
  switch (event.type) {
    case 'StockHeld':
      return stockHeld(event)
    case 'PaymentChosen':
      return event.pays
        ? 'The customer chose how to pay. The payment is being authorized.'
        : 'The total is zero. The stock is being allocated.'
    case 'SecondStepAsked':
      return `The bank requires the customer to authenticate the payment${event.expiresAt ? ` by ${event.expiresAt}` : ''}.`
    case 'PaymentSecured':
      return `The payment of ${amount(order.totalMinor)} is authorized. The stock is being allocated.`
    case 'StockTaken':
      return `The stock is allocated${warehouses(event.allocations)}. The payment is being captured.`
    case 'OrderConfirmed':
      return confirmed(event, amount)
    case 'CancellationBegan': {
      const why = event.because ?? REASONS[event.reason]
      return `The order is being cancelled: ${sentence(why)} ${undoing(event.undo)}`
    }
    case 'UndoProgressed':
      return event.undo.stock === null
        ? 'The stock is available again.'
        : 'Nothing is left to void or refund.'
    case 'VoidCameTooLate':
      return `${amount(event.capturedMinor)} was already captured. ${undoing(event.undo)}`
    case 'OrderCancelled':
      return `The order is cancelled: ${REASONS[event.reason]}. No stock is reserved and no refund is due.`
    case 'RecallBegan':
      return `The order is being cancelled: ${REASONS[event.reason]}. Shipping is asked to stop the parcels.`
    case 'RecallRefused':
      return `The order can no longer be cancelled: parcel ${event.shipmentId} has left.`
    case 'ParcelsHeldBack':
      return `The parcels were stopped. ${undoing(event.undo)}`
    case 'ParcelMoved': {
      const { shipmentId, state } = event.parcel
      return `Parcel ${shipmentId}${event.parcelCount > 1 ? ` (one of ${event.parcelCount})` : ''} ${STATES[state]}.`
    }
    case 'ClaimMade':
      return claimMade(event.claim, amount)
    case 'ClaimRefunded':
      return `${amount(event.amountMinor)} was refunded for ${event.id}${event.by ? ` by ${refundOf(event.by)}` : ''}.`
    case 'ClaimRestocked':
      return `The units of ${event.id} are back in stock.`
    case 'RefundRefused': {
      const what = event.claimId ?? 'the cancelled order'
      const { stage } = saga
      const claim = saleOf(saga).claims.find(({ id }) => id === event.claimId)
      const next = claim?.refundTry ?? (stage.step === 'UNDOING' ? stage.refundTry : 1)
      const then = isGivenUp(next)
        ? `It failed ${MAX_REFUND_ATTEMPTS} times and is not retried. ${BY_STAFF}`
        : 'It will be retried.'
      return `The refund for ${what} failed (${event.code}): ${sentence(event.message)} ${then}`
    }
    case 'ClaimCovered': {
      const claim = saleOf(saga).claims.find(({ id }) => id === event.id)
      const rest = claim ? claim.amountMinor - claim.coveredMinor : 0n
      return `${amount(event.by.amountMinor)} of ${refundOf(event.by)} is for ${event.id}. ${amount(rest)} is still to be refunded.`
    }
    case 'RefundReversed': {
      const total = amount(saleOf(saga).refundedMinor)
      return [
        `Refund ${event.refundId} of ${amount(event.amountMinor)} failed after it had succeeded (${event.code}):`,
        `${sentence(event.message)} The money is back at the shop. The refunds now total ${total}.`,
        `The refund is not retried. ${BY_STAFF}`,
      ].join(' ')
    }
    case 'RefundNoted':
      return `${amount(event.amountMinor)} was refunded by refund ${event.refundId}. The refunds total ${amount(event.refundedMinor)}.`
    case 'RestLeftToStaff': {
      const { capturedMinor, refundedMinor } = saleOf(saga)
      return `${amount(capturedMinor - refundedMinor)} is still to be refunded. ${BY_STAFF}`
    }
    case 'AllGivenBack':
      return `All units were refunded. The refunds total ${amount(saleOf(saga).refundedMinor)}.`
    case 'CommandRepeated':
      return saga.attempts === 2 ? 'No answer arrived within 30 seconds. The request is sent again.' : null
    case 'StrayHoldFound':
      return 'Stock was reserved although the order is cancelled. It is being released.'
    case 'StrayPaymentFound':
      return 'A payment was authorized although the order is cancelled. It is being voided.'
    case 'ClaimAnswerRepeated':
      return null
    default:
      return unreachable(event)
  }
}

const refundOf = ({ refundId }: Cover) => (refundId ? `refund ${refundId}` : 'later refunds')

type StockHeld = Extract<SagaEvent, { type: 'StockHeld' }>

function stockHeld({ payUntil, payLater }: StockHeld): string {
  if (!payUntil) return 'Stock is reserved. The total is zero.'
  return payLater
    ? `Stock is reserved until ${payUntil.toISOString()}. The customer has not chosen how to pay yet.`
    : 'Stock is reserved. The payment is being authorized.'
}

type Confirmed = Extract<SagaEvent, { type: 'OrderConfirmed' }>

function confirmed({ capturedMinor, ships }: Confirmed, amount: (minor: bigint) => string): string {
  const paid = capturedMinor > 0n ? `${amount(capturedMinor)} was captured` : 'The stock is allocated'
  return ships ? `${paid}. Shipping is asked to create the parcels.` : `${paid}.`
}

function claimMade(
  { id, kind, lines, amountMinor, restock }: RefundClaim,
  amount: (minor: bigint) => string,
) {
  const back = amountMinor > 0n ? `${amount(amountMinor)} is being refunded.` : 'Nothing is left to refund.'
  if (kind === 'PARCEL') return `Parcel ${id} with ${units(lines)} could not be delivered. ${back}`
  return `Return ${id} of ${units(lines)} was received. ${back} ${units(restock)} will be restocked.`
}

function units(lines: readonly { quantity: number }[]): string {
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  return count === 1 ? '1 unit' : `${count} units`
}

function undoing({ stock, payment }: Undo): string {
  const works = [
    ...(stock === 'RELEASE' ? ['the stock is being released'] : []),
    ...(stock === 'RESTOCK' ? ['the units are being restocked'] : []),
    ...(payment === 'VOID' ? ['the payment is being voided'] : []),
    ...(payment === 'REFUND' ? ['the payment is being refunded'] : []),
  ].join(' and ')
  return `${works.charAt(0).toUpperCase()}${works.slice(1)}.`
}

function warehouses(allocations: readonly { warehouseCode: string }[]): string {
  const codes = [...new Set(allocations.map(({ warehouseCode }) => warehouseCode))].join(' and ')
  return codes && ` from ${codes}`
}

/** A text with a full stop. Those of gateways come with and without one. */
const sentence = (text: string) => (text.endsWith('.') ? text : `${text}.`)
