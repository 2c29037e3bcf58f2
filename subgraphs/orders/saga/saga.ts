import type { CancelReason } from '../generated/prisma/enums.ts'
import type { Sale } from './sale.ts'

/** Units that one warehouse packs for an order: inventory's answer to the commit. */
export type Allocation = {
  readonly warehouseId: string
  readonly warehouseCode: string
  readonly variantId: string
  readonly quantity: number
}

/** What has to be taken back of an order that is being cancelled; never nothing, for then it is cancelled. */
export type Undo =
  | { readonly stock: 'RELEASE'; readonly payment: 'VOID' | null }
  | { readonly stock: 'RESTOCK'; readonly payment: 'VOID' | 'REFUND' | null }
  | { readonly stock: null; readonly payment: 'VOID' | 'REFUND' }

/**
 * Where an order's saga stands: the public status and the private step that goes with it, as one union, so that no other
 * pair can be written, and each with what is known by then.
 */
export type Stage =
  | { readonly status: 'PENDING'; readonly step: 'RESERVING' }
  | {
      readonly status: 'AWAITING_PAYMENT'
      readonly step: 'AUTHORIZING'
      readonly reservationId: string
      /** When the shop waits no longer; before inventory's hold runs out. */
      readonly payUntil: Date
    }
  /** The pivot: from here on stock may be sold, and no wish to cancel is heard until all is paid. PENDING: nothing is to be paid. */
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
  /** All is paid; shipping was asked to make parcels. */
  | {
      readonly status: 'CONFIRMED'
      readonly step: 'ARRANGING'
      readonly allocations: readonly Allocation[]
      readonly sale: Sale
    }
  /** Parcels exist; shipping tells what becomes of them. */
  | { readonly status: 'FULFILLING' | 'SHIPPED'; readonly step: 'DELIVERING'; readonly sale: Sale }
  /** CONFIRMED: an order of before shipping was priced, which nobody sends by this saga. */
  | { readonly status: 'CONFIRMED' | 'DELIVERED' | 'REFUNDED'; readonly step: 'DONE'; readonly sale: Sale }
  /** Shipping was asked whether the parcels can still be held back. */
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
      /** Which attempt at the refund is under way, from 1; a refused one is made again under another id. */
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
  /** Grows by one with each change of status. */
  readonly version: number
  /** How often the commands that are unanswered have been sent. */
  readonly attempts: number
}

/** What the saga must know of its order to decide and to speak. */
export type SagaOrder = {
  readonly id: string
  readonly number: string
  /** Null for a guest. */
  readonly customerId: string | null
  readonly email: string | null
  /** Minor units of the order's currency. */
  readonly totalMinor: bigint
  readonly currency: 'USD' | 'EUR' | 'JPY'
  /** How it is paid; null where nothing is to be paid. */
  readonly paymentMethodId: string | null
  /** How it goes; null for an order of before shipping was priced. */
  readonly shipping: { readonly rateId: string; readonly carrier: string; readonly service: string } | null
  /** What was paid for shipping, its tax included. */
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
  /** What was paid for all units of the line: after its discount, with its tax. */
  readonly paidMinor: bigint
  /** Of one unit. */
  readonly weightGrams: number
}

/** The saga of an order that was just placed. Its first command is `inventory.reserve`. */
export const placed: Saga = { stage: { status: 'PENDING', step: 'RESERVING' }, version: 1, attempts: 1 }
