import type { Shortage } from '../cart/merge.ts'
import type { Actor, CancelReason } from '../generated/prisma/enums.ts'
import type { Allocation } from './saga.ts'
import type { ClaimLine, RefundTotals, RestockLine } from './sale.ts'

/** A line of a return that staff received. */
export type ReturnedLine = ClaimLine & RestockLine & { readonly restock: boolean }

/** Messages from inventory, payments and shipping. */
export type Answer =
  | { readonly type: 'StockReserved'; readonly reservationId: string }
  | { readonly type: 'StockRejected'; readonly shortages: readonly Shortage[] }
  | { readonly type: 'StockCommitted'; readonly allocations: readonly Allocation[] }
  | { readonly type: 'StockReleased' }
  | { readonly type: 'StockRestocked'; readonly restockId: string | null }
  | { readonly type: 'ReservationExpired' }
  | { readonly type: 'PaymentAuthorized' }
  | { readonly type: 'PaymentDeclined'; readonly code: string; readonly message: string }
  | { readonly type: 'ActionRequired'; readonly expiresAt: string | null }
  | { readonly type: 'PaymentCaptured'; readonly capturedMinor: bigint }
  | { readonly type: 'CaptureFailed'; readonly code: string; readonly message: string }
  | { readonly type: 'PaymentVoided' }
  | ({
      readonly type: 'PaymentRefunded'
      readonly refundId: string
      readonly amountMinor: bigint
    } & RefundTotals)
  /** A refund failed after it had succeeded: the money is back at the shop. */
  | ({
      readonly type: 'RefundReversed'
      readonly refundId: string
      readonly amountMinor: bigint
      readonly code: string
      readonly message: string
    } & RefundTotals)
  | {
      readonly type: 'RefundFailed'
      readonly refundId: string
      readonly code: string
      readonly message: string
    }
  | { readonly type: 'ShipmentCreated'; readonly shipmentId: string; readonly parcelCount: number }
  | { readonly type: 'ShipmentDispatched'; readonly shipmentId: string; readonly parcelCount: number }
  | { readonly type: 'ShipmentDelivered'; readonly shipmentId: string; readonly parcelCount: number }
  | {
      readonly type: 'ShipmentFailed'
      readonly shipmentId: string
      readonly parcelCount: number
      readonly lines: readonly ClaimLine[]
    }
  | { readonly type: 'ShippingCancelled' }
  | { readonly type: 'ShippingCancelRefused'; readonly shipmentId: string }
  | { readonly type: 'ReturnReceived'; readonly returnId: string; readonly lines: readonly ReturnedLine[] }

/** A request of the customer, staff, or the shop itself. */
export type CancelRequested = {
  readonly type: 'CancelRequested'
  readonly actor: Actor
  readonly reason: CancelReason
}

/** The customer chose the shipping option and the payment method of an order; the order contains both. */
export type PaymentChosen = { readonly type: 'PaymentChosen' }

/** All inputs except the timeout. */
export type News = Answer | CancelRequested | PaymentChosen

/** The timeout: no input arrived in time. */
export type TimedOut = { readonly type: 'TimedOut'; readonly now: Date }

/** All inputs of a saga. */
export type SagaInput = News | TimedOut
