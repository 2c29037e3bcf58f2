import type { Decision } from '@argyle/kit/decision'
import type { Money } from '@argyle/kit/money'

export const GATEWAYS = ['sandbox', 'stripe', 'paypal'] as const
export type GatewayName = (typeof GATEWAYS)[number]

/** How long one call may take. After that its outcome is not known. */
export const CALL_MS = 10_000

/** Why a gateway says no, for good. `retryable`: the same method may be taken another time. */
export type Refusal = { readonly code: string; readonly message: string; readonly retryable: boolean }

/** A means of payment that the gateway keeps. `ref` is its token; `last4` and `account` are what may be shown of it. */
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

/** Money that a customer's bank wants back. */
export type GatewayDispute = {
  readonly ref: string
  readonly amountMinor: bigint
  readonly reason: string
  readonly status: string
}

export type SnapshotStatus =
  | 'PROCESSING'
  | 'REQUIRES_ACTION'
  | 'AUTHORIZED'
  | 'CAPTURED'
  | 'VOIDED'
  | 'DECLINED'

/** Where a payment stands at the gateway. */
export type Snapshot = {
  /** The gateway's id of the payment; null where it made none. */
  readonly ref: string | null
  readonly status: SnapshotStatus
  readonly capturedMinor: bigint
  /** Where the customer takes the second step. */
  readonly actionUrl: string | null
  /** Until when an authorization can be captured; null where the gateway does not say. */
  readonly authorizedUntil: Date | null
  readonly failure: Refusal | null
  readonly disputes: readonly GatewayDispute[]
}

/** What a capture or a void came to. `refusal` says why it was refused for good; the snapshot is how things stand after it. */
export type Changed = { readonly snapshot: Snapshot; readonly refusal: Refusal | null }

/** The id of an attempt, the same for each time that it is made, and how often it was made, this time included. */
export type Attempt = { readonly key: string; readonly attempt: number }

export type NewAuthorization = Attempt & {
  readonly methodRef: string
  readonly amount: Money
  readonly orderId: string
  readonly orderNumber: string | null
}

/** A payment that the gateway knows. */
export type Known = Attempt & { readonly ref: string; readonly amount: Money }

/** What a webhook is about: a hint to look. One of the two is known. */
export type Hint = { readonly ref: string | null; readonly orderId: string | null }

/** A webhook as it came: the bytes of its body, and its headers in lower case. */
export type Webhook = {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What a browser needs to hand card data to the gateway itself, past this subgraph. */
export type BrowserSide = { readonly tokenUrl: string | null; readonly publishableKey: string | null }

/**
 * Whoever moves the money. Every method may be called again with the same key, by any replica, and then does nothing twice. Each
 * throws GatewayUnavailable where the outcome is not known.
 */
export interface Gateway {
  readonly name: GatewayName
  readonly browser: BrowserSide
  /** Turns a one-time token, which a browser got for card data, into a method that can be charged again. */
  attach(request: { readonly key: string; readonly token: string }): Promise<Decision<GatewayMethod, Refusal>>
  /** Forgets a method. One that it does not know is forgotten. */
  detach(methodRef: string): Promise<void>
  authorize(request: NewAuthorization): Promise<Snapshot>
  capture(payment: Known): Promise<Changed>
  void(payment: Known): Promise<Changed>
  /** @returns null where the money is on its way back, or the refusal. */
  refund(payment: Known & { readonly reason: string }): Promise<Refusal | null>
  fetch(ref: string): Promise<Snapshot>
  /** Reads a webhook that the gateway signed, no longer than 5 minutes ago; null for one that tells of no payment. @throws BadWebhook */
  readWebhook(webhook: Webhook): Promise<Hint | null>
  close?(): Promise<void>
}

/** A call whose outcome is not known: it took too long, the connection broke, the gateway has a fault. It is to be made again. */
export class GatewayUnavailable extends Error {
  override readonly name = 'GatewayUnavailable'
}

/** A webhook that is not the gateway's, or too old. */
export class BadWebhook extends Error {
  override readonly name = 'BadWebhook'
}

/** A snapshot of a payment of which nothing is to be told beside what is said. */
export function snapshotOf(status: SnapshotStatus, but: Partial<Snapshot> = {}): Snapshot {
  return {
    ref: null,
    status,
    capturedMinor: 0n,
    actionUrl: null,
    authorizedUntil: null,
    failure: null,
    disputes: [],
    ...but,
  }
}
