// Tested in sandbox-gateway.int.test.ts: each adapter of the port has the same tests.

import type { Decision } from '@argyle/kit/decision'
import type { Money } from '@argyle/kit/money'

export const GATEWAYS = ['sandbox', 'stripe', 'paypal'] as const
export type GatewayName = (typeof GATEWAYS)[number]

/** Timeout of one call. After it the outcome is unknown. */
export const CALL_MS = 10_000

/** A permanent refusal by the gateway. `retryable`: the same method may succeed at a later time. */
export type Refusal = { readonly code: string; readonly message: string; readonly retryable: boolean }

/**
 * A payment method stored at the gateway. `ref` is its token; `last4` and `account` may be shown to people.
 */
export type GatewayMethod =
  | {
      readonly kind: 'CARD'
      readonly ref: string
      readonly brand: string
      readonly last4: string
      readonly expMonth: number
      readonly expYear: number
    }
  | { readonly kind: 'WALLET'; readonly ref: string; readonly provider: string; readonly account: string }

/** A dispute (chargeback): money that the customer's bank reclaims. */
export type GatewayDispute = {
  readonly ref: string
  readonly amountMinor: bigint
  readonly reason: string
  readonly status: string
}

/** A refund that failed, by the key with which it was made. */
export type FailedRefund = { readonly key: string; readonly failure: Refusal }

export type SnapshotStatus =
  | 'PROCESSING'
  | 'REQUIRES_ACTION'
  | 'AUTHORIZED'
  | 'CAPTURED'
  | 'VOIDED'
  | 'DECLINED'

/** The state of a payment at the gateway. */
export type Snapshot = {
  /** The gateway's id of the payment; null if it created none. */
  readonly ref: string | null
  readonly status: SnapshotStatus
  readonly capturedMinor: bigint
  /** URL at which the customer authenticates the payment. */
  readonly actionUrl: string | null
  /** Expiry of the authorization; null if the gateway does not report it. */
  readonly authorizedUntil: Date | null
  readonly failure: Refusal | null
  readonly disputes: readonly GatewayDispute[]
  /** Refunds that failed, some of them after they had succeeded. Only `fetch` returns them. */
  readonly failedRefunds: readonly FailedRefund[]
}

/**
 * The result of a capture or void. `refusal` is set if it was refused permanently; the snapshot is the state
 * after it.
 */
export type Changed = { readonly snapshot: Snapshot; readonly refusal: Refusal | null }

/** The state of a refund at the gateway. A pending one may still fail. */
export type GatewayRefund =
  | { readonly status: 'PENDING' | 'SUCCEEDED'; readonly failure: null }
  | { readonly status: 'FAILED'; readonly failure: Refusal }

/** The id of an attempt, equal for all repetitions, and the number of repetitions including this one. */
export type Attempt = { readonly key: string; readonly attempt: number }

export type NewAuthorization = Attempt & {
  readonly methodRef: string
  readonly amount: Money
  readonly orderId: string
  readonly orderNumber: string | null
}

/** A payment with a gateway reference. */
export type Known = Attempt & { readonly ref: string; readonly amount: Money }

/** A refund of a payment. */
export type NewRefund = Known & {
  readonly reason: string
  /** Keys of refunds that this one replaces, because the gateway reported that they failed. */
  readonly replaces: readonly string[]
}

/** Statuses of a payment that result from a call to the gateway. */
export const NEWS = ['REQUIRES_ACTION', 'AUTHORIZED', 'CAPTURED', 'VOIDED', 'DECLINED'] as const
export type News = (typeof NEWS)[number]

/** The subject of a webhook. One of `ref` and `orderId` is set. The payment is then read from the gateway. */
export type Hint = {
  readonly ref: string | null
  /** The order's id, or the key of a refund's call, which the provider was given in its place. */
  readonly orderId: string | null
  /**
   * The status of the payment at the gateway, if the webhook is about nothing else. It only spares the lookup
   * of a payment that has already reached it, and is never saved.
   */
  readonly status?: News
}

/** A received webhook: the raw body and the headers, with names in lower case. */
export type Webhook = {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** The data with which a browser sends card data directly to the gateway. */
export type BrowserSide = { readonly tokenUrl: string | null; readonly publishableKey: string | null }

/**
 * The port to a payment gateway. Every method is idempotent by its key, across replicas. Each throws
 * GatewayUnavailable if the outcome is unknown.
 */
export interface Gateway {
  readonly name: GatewayName
  readonly browser: BrowserSide
  /**
   * Converts a one-time token, which a browser got for card data, to a method that can be charged repeatedly.
   */
  attach(request: { readonly key: string; readonly token: string }): Promise<Decision<GatewayMethod, Refusal>>
  /** Deletes a method at the gateway. Succeeds for an unknown method. */
  detach(methodRef: string): Promise<void>
  authorize(request: NewAuthorization): Promise<Snapshot>
  capture(payment: Known): Promise<Changed>
  void(payment: Known): Promise<Changed>
  /**
   * Makes a refund, or reads its current state on a repetition. If a refund that it replaces did succeed,
   * that one is returned.
   */
  refund(refund: NewRefund): Promise<GatewayRefund>
  fetch(ref: string): Promise<Snapshot>
  /**
   * Verifies and parses a webhook of at most 5 minutes of age. Returns null if it concerns no payment.
   * @param paymentOf the id of the payment that a webhook is about; null if the shop has none. It is called
   * before a verification that needs a request, so that a webhook about an unknown payment is not verified
   * and returns null
   * @throws BadWebhook
   */
  readWebhook(webhook: Webhook, paymentOf: (hint: Hint) => Promise<string | null>): Promise<Hint | null>
}

/**
 * A call with an unknown outcome: timeout, broken connection, or an error of the gateway. The caller repeats
 * it.
 */
export class GatewayUnavailable extends Error {
  override readonly name = 'GatewayUnavailable'
}

/** A webhook with a wrong signature or an old timestamp. */
export class BadWebhook extends Error {
  override readonly name = 'BadWebhook'
}

/** The failed refunds among a payment's refunds. */
export const failedAmong = (
  refunds: readonly { readonly key: string; readonly refund: GatewayRefund }[],
): readonly FailedRefund[] =>
  refunds.flatMap(({ key, refund }) =>
    refund.status === 'FAILED' && key !== '' ? [{ key, failure: refund.failure }] : [],
  )

/** A refund that failed, or that the gateway refused. */
export const failedRefund = (failure: Refusal): GatewayRefund => ({ status: 'FAILED', failure })

/** A snapshot with default values and these overrides. */
export function snapshotOf(status: SnapshotStatus, but: Partial<Snapshot> = {}): Snapshot {
  return {
    ref: null,
    status,
    capturedMinor: 0n,
    actionUrl: null,
    authorizedUntil: null,
    failure: null,
    disputes: [],
    failedRefunds: [],
    ...but,
  }
}
