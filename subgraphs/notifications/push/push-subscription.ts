/** Subscriptions of one account. A further one replaces the one that was registered first. */
export const MOST_SUBSCRIPTIONS = 10

/** A browser that takes messages of an account (W3C Push API, `PushSubscription`). */
export type PushSubscription = {
  readonly id: string
  readonly userId: string
  /** Where messages are posted. Whoever knows it and the keys could show messages in that browser. */
  readonly endpoint: string
  /** The browser's P-256 public key, in base64url. */
  readonly p256dh: string
  /** The secret of the encryption (RFC 8291), in base64url. */
  readonly auth: string
  readonly createdAt: Date
}
