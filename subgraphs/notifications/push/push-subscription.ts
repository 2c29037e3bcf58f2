/** Subscriptions of one account. A further one replaces the one that was registered first. */
export const MAX_SUBSCRIPTIONS = 10

/** A browser that receives messages of an account (W3C Push API, `PushSubscription`). */
export type PushSubscription = {
  readonly id: string
  readonly userId: string
  /**
   * URL to which messages are posted. It is confidential: with the keys, it allows showing messages in that
   * browser.
   */
  readonly endpoint: string
  /** The browser's P-256 public key, in base64url. */
  readonly p256dh: string
  /** The secret of the encryption (RFC 8291), in base64url. */
  readonly auth: string
  readonly createdAt: Date
}
