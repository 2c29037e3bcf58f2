import type { Actor, CancelReason } from '../generated/prisma/enums.ts'
import type { Allocation, Undo } from './saga.ts'
import type { Claim, Parcel } from './sale.ts'

/** What a saga decides. Each says all that `evolve` needs. */
export type SagaEvent =
  /** `payUntil` is null where nothing is to be paid. */
  | { readonly type: 'StockHeld'; readonly reservationId: string; readonly payUntil: Date | null }
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
      readonly actor: Actor
      readonly undo: Undo
      /** What made it necessary, for people. */
      readonly because: string | null
    }
  /** One of two things was taken back; the other is still awaited. */
  | { readonly type: 'UndoProgressed'; readonly undo: Undo }
  /** What was to be voided had been charged after all: it is paid back. */
  | { readonly type: 'VoidCameTooLate'; readonly undo: Undo; readonly capturedMinor: bigint }
  | { readonly type: 'OrderCancelled'; readonly reason: CancelReason }
  | { readonly type: 'RecallBegan'; readonly reason: CancelReason; readonly actor: Actor }
  | { readonly type: 'RecallRefused'; readonly shipmentId: string }
  | { readonly type: 'ParcelsHeldBack'; readonly undo: Undo }
  | { readonly type: 'ParcelMoved'; readonly parcel: Parcel; readonly parcelCount: number }
  | { readonly type: 'ClaimMade'; readonly claim: Claim }
  | {
      readonly type: 'ClaimRefunded'
      readonly id: string
      readonly amountMinor: bigint
      readonly refundedMinor: bigint
    }
  | { readonly type: 'ClaimRestocked'; readonly id: string }
  /** Who asks again whether a return is paid back hears it again. */
  | { readonly type: 'ClaimToldAgain'; readonly id: string }
  /** `claimId` is null for the refund of a cancelled order. It is made again, under another id. */
  | {
      readonly type: 'RefundRefused'
      readonly claimId: string | null
      readonly code: string
      readonly message: string
    }
  /** A refund that the saga did not ask for: staff made it. */
  | { readonly type: 'RefundNoted'; readonly amountMinor: bigint; readonly refundedMinor: bigint }
  | { readonly type: 'AllGivenBack' }
  /** Nobody answered in time: what is unanswered goes out again. */
  | { readonly type: 'CommandRepeated' }
  /** Stock was held for an order that no longer wants it: it goes back. */
  | { readonly type: 'StrayHoldFound' }
  /** A payment was authorized for an order that no longer wants it: it is voided. */
  | { readonly type: 'StrayPaymentFound' }
