import type { Refusal, Snapshot } from '../gateway/gateway.ts'
import type { PaymentStatus } from '../generated/prisma/enums.ts'

export type { PaymentStatus }

/** A call to the gateway that decides what comes next. Refunds have calls of their own. */
export type Pending = 'AUTHORIZE' | 'CAPTURE' | 'VOID'

/** A second step that the customer has to take, and until when. */
export type Action = { readonly url: string | null; readonly until: Date }

/** A refund, by the id that whoever asked made up. */
export type RefundState = {
  readonly key: string
  readonly amountMinor: bigint
  readonly status: 'PENDING' | 'SUCCEEDED' | 'FAILED'
  readonly failure: Refusal | null
}

/**
 * The payment of one order, as far as rules go by it; amounts are minor units of one currency. Always
 * 0 ≤ refunded ≤ refunding ≤ captured ≤ authorized ≤ amount.
 */
export type PaymentState = {
  readonly status: PaymentStatus
  readonly pending: Pending | null
  readonly amountMinor: bigint
  readonly authorizedMinor: bigint
  readonly capturedMinor: bigint
  /** Refunds that succeeded or are under way: what is spoken for of the capture. */
  readonly refundingMinor: bigint
  readonly refundedMinor: bigint
  readonly failure: Refusal | null
  readonly action: Action | null
  readonly authorizedUntil: Date | null
  /** Grows by one with each event. */
  readonly version: number
}

/** What can happen to a payment: a command, an answer of the gateway, a time that is over. */
export type PaymentInput =
  | { readonly type: 'Authorize'; readonly amountMinor: bigint; readonly isMethodKnown: boolean }
  | { readonly type: 'Capture' }
  | { readonly type: 'Void' }
  | {
      readonly type: 'Refund'
      readonly key: string
      readonly amountMinor: bigint
      readonly isSameCurrency: boolean
      /** The refund of this key, where there is one. */
      readonly known: RefundState | null
    }
  /** The gateway told where things stand: as the answer to a call, or asked for. */
  | {
      readonly type: 'GatewayTold'
      readonly call: Pending | 'FETCH'
      readonly snapshot: Snapshot
      readonly refusal: Refusal | null
      /** When a second step that is asked for now would be over. */
      readonly actionUntil: Date
    }
  | { readonly type: 'RefundTold'; readonly known: RefundState; readonly refusal: Refusal | null }
  | { readonly type: 'OutcomeUnknown'; readonly call: Pending | 'FETCH' | 'REFUND' }
  | { readonly type: 'ActionTimedOut' }
  | { readonly type: 'AuthorizationLapsed' }

/** What a payment decides. Each says all that `evolve` needs. */
export type PaymentEvent =
  | { readonly type: 'AuthorizationBegan'; readonly amountMinor: bigint }
  | { readonly type: 'ActionRequired'; readonly action: Action }
  | { readonly type: 'Authorized'; readonly until: Date | null }
  | { readonly type: 'Declined'; readonly failure: Refusal }
  | { readonly type: 'OutcomeBecameUnknown' }
  /** The order wants it no more; what the call under way comes to is not known yet. */
  | { readonly type: 'VoidRequested'; readonly failure: Refusal | null }
  | { readonly type: 'VoidBegan' }
  /** Nobody took the second step in time: the gateway is told to let go of it. */
  | { readonly type: 'ActionExpired' }
  | { readonly type: 'Voided' }
  /** A void came before its authorize, or without one. */
  | { readonly type: 'Tombstoned' }
  | { readonly type: 'CaptureBegan' }
  | { readonly type: 'Captured'; readonly amountMinor: bigint }
  | { readonly type: 'CaptureFailed'; readonly failure: Refusal; readonly isOpen: boolean }
  /** The authorization behind a capture that failed is gone. */
  | { readonly type: 'Released' }
  | { readonly type: 'RefundBegan'; readonly key: string; readonly amountMinor: bigint }
  | { readonly type: 'Refunded'; readonly key: string; readonly amountMinor: bigint }
  | {
      readonly type: 'RefundFailed'
      readonly key: string
      readonly amountMinor: bigint
      readonly failure: Refusal
    }
  /** Nothing changes; the command is answered again with where things stand. */
  | { readonly type: 'Reported'; readonly as: Report }

/** What a command is told again, or told at once. */
export type Report =
  | { readonly of: 'STATUS' }
  | { readonly of: 'VOIDED' }
  | { readonly of: 'CAPTURE_FAILED'; readonly failure: Refusal }
  | { readonly of: 'REFUNDED'; readonly key: string; readonly amountMinor: bigint }
  | { readonly of: 'REFUND_FAILED'; readonly key: string; readonly failure: Refusal }

export function refusal(code: string, message: string, retryable = false): Refusal {
  return { code, message, retryable }
}
