// Tested in model.test.ts: the file has the types of the rules.

import type { Refusal, Snapshot } from '../gateway/gateway.ts'
import type { PaymentStatus } from '../generated/prisma/enums.ts'

export type { PaymentStatus }

/** The call to the gateway that determines the next state. Refunds have separate calls. */
export type Pending = 'AUTHORIZE' | 'CAPTURE' | 'VOID'

/** An authentication that is required of the customer, with its deadline. */
export type Action = { readonly url: string | null; readonly until: Date }

/** A refund, by the key of its requester. */
export type RefundState = {
  readonly key: string
  readonly amountMinor: bigint
  readonly status: 'PENDING' | 'SUCCEEDED' | 'FAILED'
  readonly failure: Refusal | null
}

/**
 * The payment of one order, as far as its rules need it. Amounts are in minor units of one currency, and 0 ≤
 * refunded ≤ refunding ≤ captured ≤ authorized ≤ amount.
 */
export type PaymentState = {
  readonly status: PaymentStatus
  readonly pending: Pending | null
  readonly amountMinor: bigint
  readonly authorizedMinor: bigint
  readonly capturedMinor: bigint
  /** Sum of refunds that succeeded or are under way. */
  readonly refundingMinor: bigint
  readonly refundedMinor: bigint
  /** Sum of refunds that failed after they had succeeded. No other sum contains them. */
  readonly reversedMinor: bigint
  readonly failure: Refusal | null
  readonly action: Action | null
  readonly authorizedUntil: Date | null
  /** Incremented by each event. */
  readonly version: number
}

/** The inputs of a payment: commands, answers of the gateway, timeouts. */
export type PaymentInput =
  | { readonly type: 'Authorize'; readonly amountMinor: bigint; readonly isMethodKnown: boolean }
  | { readonly type: 'Capture' }
  | { readonly type: 'Void' }
  | {
      readonly type: 'Refund'
      readonly key: string
      readonly amountMinor: bigint
      readonly isSameCurrency: boolean
      /** The refund of this key, if it exists. */
      readonly known: RefundState | null
    }
  /** A snapshot of the gateway, from the response to a call or from a lookup. */
  | {
      readonly type: 'SnapshotReceived'
      readonly call: Pending | 'FETCH'
      readonly snapshot: Snapshot
      readonly refusal: Refusal | null
      /** Deadline of an authentication that is required now. */
      readonly actionUntil: Date
    }
  | { readonly type: 'RefundAnswered'; readonly known: RefundState; readonly refusal: Refusal | null }
  /** A lookup shows that a refund failed which the gateway had reported as succeeded. */
  | { readonly type: 'RefundFoundFailed'; readonly known: RefundState; readonly refusal: Refusal }
  | { readonly type: 'OutcomeUnknown'; readonly call: Pending | 'FETCH' | 'REFUND' }
  | { readonly type: 'ActionTimedOut' }
  | { readonly type: 'AuthorizationLapsed' }

/** The events of a payment. Each contains all data that `evolve` needs. */
export type PaymentEvent =
  | { readonly type: 'AuthorizationBegan'; readonly amountMinor: bigint }
  | { readonly type: 'ActionRequired'; readonly action: Action }
  | { readonly type: 'Authorized'; readonly until: Date | null }
  | { readonly type: 'Declined'; readonly failure: Refusal }
  | { readonly type: 'OutcomeBecameUnknown' }
  /** Orders voided the payment while the outcome of a call under way is unknown. */
  | { readonly type: 'VoidRequested'; readonly failure: Refusal | null }
  | { readonly type: 'VoidBegan' }
  /** The customer did not authenticate in time: the gateway voids the payment. */
  | { readonly type: 'ActionExpired' }
  | { readonly type: 'Voided' }
  /** A void arrived before its authorize, or without one. */
  | { readonly type: 'Tombstoned' }
  | { readonly type: 'CaptureBegan' }
  | { readonly type: 'Captured'; readonly amountMinor: bigint }
  | { readonly type: 'CaptureFailed'; readonly failure: Refusal; readonly isOpen: boolean }
  /** The authorization of a failed capture was voided. */
  | { readonly type: 'Released' }
  | { readonly type: 'RefundBegan'; readonly key: string; readonly amountMinor: bigint }
  | { readonly type: 'Refunded'; readonly key: string; readonly amountMinor: bigint }
  | {
      readonly type: 'RefundFailed'
      readonly key: string
      readonly amountMinor: bigint
      readonly failure: Refusal
    }
  /** A refund failed after it had succeeded: the money is back at the shop. */
  | {
      readonly type: 'RefundReversed'
      readonly key: string
      readonly amountMinor: bigint
      readonly failure: Refusal
    }
  /** Nothing changes. The command is answered with the current status. */
  | { readonly type: 'Reported'; readonly as: PaymentReport }

/** The status in a repeated or immediate answer to a command. */
export type PaymentReport =
  | { readonly of: 'STATUS' }
  | { readonly of: 'VOIDED' }
  | { readonly of: 'CAPTURE_FAILED'; readonly failure: Refusal }
  | { readonly of: 'REFUNDED'; readonly key: string; readonly amountMinor: bigint }
  | { readonly of: 'REFUND_FAILED'; readonly key: string; readonly failure: Refusal }

export function refusal(code: string, message: string, retryable = false): Refusal {
  return { code, message, retryable }
}
