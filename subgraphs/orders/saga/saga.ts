import type { CancelReason } from '../generated/prisma/enums.ts'
import type { Sale } from './sale.ts'

/** Units of an order that one warehouse packs: part of inventory's answer to the commit. */
export type Allocation = {
  readonly warehouseId: string
  readonly warehouseCode: string
  readonly variantId: string
  readonly quantity: number
}

/** The compensations of an order that is being cancelled, at least one. An order without any is cancelled. */
export type Undo =
  | { readonly stock: 'RELEASE'; readonly payment: 'VOID' | null }
  | { readonly stock: 'RESTOCK'; readonly payment: 'VOID' | 'REFUND' | null }
  | { readonly stock: null; readonly payment: 'VOID' | 'REFUND' }

/**
 * The state of an order's saga: public status and private step in one union, so that no other pair can be
 * expressed. Each member has the data known at that point.
 */
export type Stage =
  | { readonly status: 'PENDING'; readonly step: 'RESERVING' }
  | {
      readonly status: 'AWAITING_PAYMENT'
      /** CHOOSING_PAYMENT: the order waits for `payOrder`. */
      readonly step: 'CHOOSING_PAYMENT' | 'AUTHORIZING'
      readonly reservationId: string
      /** The time at which the shop stops waiting, before inventory's reservation expires. */
      readonly payUntil: Date
    }
  /**
   * The pivot: from here on stock may be sold, and requests to cancel are refused until the payment is
   * captured. The status is PENDING if the total is zero.
   */
  | {
      readonly status: 'PENDING' | 'AWAITING_PAYMENT'
      readonly step: 'COMMITTING_STOCK'
      readonly reservationId: string
    }
  | {
      readonly status: 'AWAITING_PAYMENT'
      readonly step: 'CAPTURING'
      readonly allocations: readonly Allocation[]
    }
  /** The payment is captured; shipping was asked to create parcels. */
  | {
      readonly status: 'CONFIRMED'
      readonly step: 'ARRANGING'
      readonly allocations: readonly Allocation[]
      readonly sale: Sale
    }
  /** Parcels exist; shipping reports their progress. */
  | { readonly status: 'FULFILLING' | 'SHIPPED'; readonly step: 'DELIVERING'; readonly sale: Sale }
  /** The status CONFIRMED is of orders from before shipping existed, which this saga does not ship. */
  | { readonly status: 'CONFIRMED' | 'DELIVERED' | 'REFUNDED'; readonly step: 'DONE'; readonly sale: Sale }
  /** Shipping is asked whether the parcels can still be stopped. */
  | {
      readonly status: 'CANCELLING'
      readonly step: 'RECALLING'
      readonly cancelReason: CancelReason
      readonly sale: Sale
    }
  | {
      readonly status: 'CANCELLING'
      readonly step: 'UNDOING'
      readonly cancelReason: CancelReason
      readonly undo: Undo
      /** Number of the refund attempt, from 1. Each attempt has an id of its own. */
      readonly refundTry: number
      readonly sale: Sale
    }
  | {
      readonly status: 'CANCELLED'
      readonly step: 'DONE'
      readonly cancelReason: CancelReason
      readonly sale: Sale
    }

export type Saga = {
  readonly stage: Stage
  /** Incremented by each change of status. */
  readonly version: number
  /** Number of times that the unanswered commands were sent. */
  readonly attempts: number
}

/** The data of an order that the saga needs for its decisions and commands. */
export type SagaOrder = {
  readonly id: string
  readonly number: string
  /** Null for a guest. */
  readonly customerId: string | null
  readonly email: string | null
  /** Hash of the secret of a guest's order; null for a customer's order. */
  readonly guestSecretHash: string | null
  /** Minor units of the order's currency. */
  readonly totalMinor: bigint
  readonly currency: 'USD' | 'EUR' | 'JPY'
  /** The payment method; null if the total is zero or none was chosen yet. */
  readonly paymentMethodId: string | null
  /** The order waits for `payOrder`. */
  readonly payLater: boolean
  /** The shipping option; null if none is chosen yet, and for an order from before shipping was priced. */
  readonly shipping: { readonly rateId: string; readonly carrier: string; readonly service: string } | null
  /** Amount paid for shipping, including its tax. */
  readonly shippingPaidMinor: bigint
  readonly address: {
    readonly recipient: string
    readonly line1: string
    readonly line2: string | null
    readonly city: string
    readonly region: string | null
    readonly postalCode: string
    readonly countryCode: string
  }
  readonly lines: readonly SagaLine[]
}

export type SagaLine = {
  readonly id: string
  readonly variantId: string
  readonly quantity: number
  /** Amount paid for all units of the line, after its discount, with tax. */
  readonly paidMinor: bigint
  /** Weight of one unit, in grams. */
  readonly weightGrams: number
}

/** The saga of a new order. Its first command is `inventory.reserve`. */
export const placed: Saga = { stage: { status: 'PENDING', step: 'RESERVING' }, version: 1, attempts: 1 }
