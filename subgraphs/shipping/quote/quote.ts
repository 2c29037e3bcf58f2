import { type KeyObject, sign } from 'node:crypto'
import { type Currency, type Money, money } from '@argyle/kit/money'
import type { Destination } from '../destination.ts'
import type { Speed } from '../rate/rate.ts'
import type { Offer } from '../rate/rate-reads.ts'

/** Validity of a quote, in minutes. */
export const QUOTE_MINUTES = 30

/** The contents of a quote, which its id encodes. `docs/contracts/events.md` documents the format. */
export type QuotePayload = {
  readonly v: 1
  /** Id of the key that signed it. */
  readonly kid: string
  readonly cart: string
  readonly rate: string
  readonly carrier: string
  readonly service: string
  readonly amountMinor: string
  readonly currency: Currency
  readonly days: number
  readonly country: string
  /** In capitals, without spaces and hyphens. */
  readonly postal: string
  readonly grams: number
  /** Seconds since the Unix epoch. */
  readonly exp: number
}

export type ShippingOption = {
  readonly id: string
  readonly carrier: string
  readonly service: string
  readonly speed: Speed
  readonly price: Money
  readonly estimatedDays: number
  readonly expiresAt: Date
}

/** A signing key with its id. */
export type QuoteSigner = { readonly kid: string; readonly privateKey: KeyObject }

/** The parcel and its destination. */
export type QuotedParcel = {
  readonly cartId: string
  readonly currency: Currency
  readonly grams: number
  readonly destination: Destination
}

/** Encodes and signs a quote: `sho_`, the payload, a dot, and the Ed25519 signature of the payload's text. */
export function quoteId(payload: QuotePayload, { privateKey }: QuoteSigner): string {
  const text = Buffer.from(JSON.stringify(payload)).toString('base64url')
  return `sho_${text}.${sign(null, Buffer.from(text, 'ascii'), privateKey).toString('base64url')}`
}

/** Converts an offer to an option: a price that is valid for this parcel for half an hour. */
export function optionOf(offer: Offer, parcel: QuotedParcel, signer: QuoteSigner, now: Date): ShippingOption {
  const { carrier, service, speed, estimatedDays } = offer
  const exp = Math.floor(now.getTime() / 1_000) + QUOTE_MINUTES * 60
  const payload: QuotePayload = {
    v: 1,
    kid: signer.kid,
    cart: parcel.cartId,
    rate: offer.rateId,
    carrier,
    service,
    amountMinor: String(offer.priceMinor),
    currency: parcel.currency,
    days: estimatedDays,
    country: parcel.destination.country,
    postal: parcel.destination.postal,
    grams: parcel.grams,
    exp,
  }
  return {
    id: quoteId(payload, signer),
    carrier,
    service,
    speed,
    price: money(offer.priceMinor, parcel.currency),
    estimatedDays,
    expiresAt: new Date(exp * 1_000),
  }
}
