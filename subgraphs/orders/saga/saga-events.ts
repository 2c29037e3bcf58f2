// Tested in saga.test.ts: the file has the types of the events.

import type { CancelReason } from '../generated/prisma/enums.ts'
import type { Allocation, Undo } from './saga.ts'
import type { Cover, Parcel, RefundClaim, RefundTotals } from './sale.ts'

/** The events of a saga. Each contains all data that `evolve` needs. */
export type SagaEvent =
  /** `payUntil` is null if the total is zero. */
  | {
      readonly type: 'StockHeld'
      readonly reservationId: string
      readonly payUntil: Date | null
      /** The order waits for `payOrder`. */
      readonly payLater: boolean
    }
  /** `pays` is false if the total is zero. */
  | { readonly type: 'PaymentChosen'; readonly pays: boolean }
  | { readonly type: 'SecondStepAsked'; readonly expiresAt: string | null }
  | { readonly type: 'PaymentSecured' }
  | { readonly type: 'StockTaken'; readonly allocations: readonly Allocation[] }
  | {
      readonly type: 'OrderConfirmed'
      readonly capturedMinor: bigint
      readonly allocations: readonly Allocation[]
      readonly ships: boolean
    }
  | {
      readonly type: 'CancellationBegan'
      readonly reason: CancelReason
      readonly undo: Undo
      /** The reason in words; null for the usual words of `reason`. */
      readonly because: string | null
    }
  /** One of two compensations is complete. The other is awaited. */
  | { readonly type: 'UndoProgressed'; readonly undo: Undo }
  /** The payment was captured before it was voided. It is refunded. */
  | { readonly type: 'VoidCameTooLate'; readonly undo: Undo; readonly capturedMinor: bigint }
  | { readonly type: 'OrderCancelled'; readonly reason: CancelReason }
  | { readonly type: 'RecallBegan'; readonly reason: CancelReason }
  | { readonly type: 'RecallRefused'; readonly shipmentId: string }
  | { readonly type: 'ParcelsHeldBack'; readonly undo: Undo }
  | { readonly type: 'ParcelMoved'; readonly parcel: Parcel; readonly parcelCount: number }
  | { readonly type: 'ClaimMade'; readonly claim: RefundClaim }
  | ({
      readonly type: 'ClaimRefunded'
      readonly id: string
      readonly amountMinor: bigint
      /** The refund by staff that settled the claim; null if its own refund did. */
      readonly by: Cover | null
    } & RefundTotals)
  /** A refund by staff covers part of a claim whose refund is not repeated any more. */
  | { readonly type: 'ClaimCovered'; readonly id: string; readonly by: Cover }
  | { readonly type: 'ClaimRestocked'; readonly id: string }
  /** Shipping asked again whether a return is refunded. The answer is repeated. */
  | { readonly type: 'ClaimAnswerRepeated'; readonly id: string }
  /**
   * A refund failed and is repeated with another id. `claimId` is null for the refund of a cancelled order.
   */
  | {
      readonly type: 'RefundRefused'
      readonly claimId: string | null
      readonly code: string
      readonly message: string
    }
  /** A refund that the saga did not request: staff made it. */
  | ({ readonly type: 'RefundNoted'; readonly refundId: string; readonly amountMinor: bigint } & RefundTotals)
  /**
   * A refund failed after it had succeeded. The refund of a claim or of a cancelled order is not repeated: it
   * waits for staff.
   */
  | ({
      readonly type: 'RefundReversed'
      /**
       * The claim that the refund was made for; null for any other refund. A refund by staff may cover
       * several claims in part.
       */
      readonly claimId: string | null
      /** The claims that were refunded before, in part or whole by this refund, and are open again. */
      readonly reopened: readonly string[]
      readonly refundId: string
      readonly amountMinor: bigint
      readonly code: string
      readonly message: string
    } & RefundTotals)
  /**
   * The refund of a cancelled order succeeded, but another one failed meanwhile. The rest waits for staff.
   */
  | { readonly type: 'RestLeftToStaff' }
  | { readonly type: 'AllGivenBack' }
  /** The timeout: unanswered commands are repeated. */
  | { readonly type: 'CommandRepeated' }
  /** Stock is reserved for a cancelled order. It is released. */
  | { readonly type: 'StrayHoldFound' }
  /** A payment is authorized for a cancelled order. It is voided. */
  | { readonly type: 'StrayPaymentFound' }
