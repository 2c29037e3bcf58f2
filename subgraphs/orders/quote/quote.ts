import { createPublicKey, verify } from 'node:crypto'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { CURRENCIES, type Currency, type Money, money } from '@argyle/kit/money'
import type { UserError } from '@argyle/kit/user-errors'
import { z } from 'zod'

/**
 * A signed shipping price of the shipping subgraph. Its format is documented in `docs/contracts/events.md`.
 */
export type Quote = {
  readonly rateId: string
  readonly carrier: string
  readonly service: string
  readonly price: Money
}

/** The copy of a key with which shipping signs quotes. */
export type QuoteKey = { readonly keyId: string; readonly publicKey: string; readonly notAfter: Date }

export type ShippingOptionExpiredError = UserError & { readonly __typename: 'ShippingOptionExpiredError' }

/** The consignment to be sent. A quote for another one is invalid. */
export type Consignment = {
  readonly cartId: string
  readonly currency: Currency
  readonly countryCode: string
  readonly postalCode: string
  /** Total weight in grams; null if the weight of a line is unknown. */
  readonly grams: number | null
}

const payloadSchema = z.object({
  v: z.literal(1),
  kid: z.string().max(200),
  cart: z.string(),
  rate: z.string(),
  carrier: z.string(),
  service: z.string(),
  amountMinor: z.string().regex(/^\d{1,12}$/),
  currency: z.enum(CURRENCIES),
  country: z.string(),
  postal: z.string(),
  grams: z.int().min(0),
  exp: z.int(),
})

export type QuotePayload = z.output<typeof payloadSchema>

/** A parsed quote whose signature is not verified yet. */
export type ReadQuote = {
  readonly payload: QuotePayload
  readonly signed: string
  readonly signature: Buffer
}

const FORM = /^sho_([A-Za-z0-9_-]{1,2000})\.([A-Za-z0-9_-]{86})$/

/** Parses the id of a shipping option. Returns null if it is malformed. */
export function readQuote(id: string): ReadQuote | null {
  const [, signed, signature] = FORM.exec(id) ?? []
  if (signed === undefined || signature === undefined) return null
  try {
    const payload = payloadSchema.safeParse(JSON.parse(Buffer.from(signed, 'base64url').toString()))
    return payload.success
      ? { payload: payload.data, signed, signature: Buffer.from(signature, 'base64url') }
      : null
  } catch {
    return null
  }
}

/** Normalises a postal code as shipping does in quotes. */
export function normalPostalCode(code: string): string {
  return code.normalize('NFKC').toUpperCase().replaceAll(/[\s-]/gu, '')
}

function isSigned({ signed, signature }: ReadQuote, { publicKey }: QuoteKey): boolean {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
  return verify(null, Buffer.from(signed, 'ascii'), key, signature)
}

/** The first mismatch between quote and consignment, as text; null if there is none. */
function misfit({ payload }: ReadQuote, now: Consignment): string | null {
  const { cart, currency, country, postal, grams } = payload
  if (cart !== now.cartId) return `it is for the cart "${cart}", not for "${now.cartId}"`
  if (currency !== now.currency) return `its price is in ${currency}, the cart's in ${now.currency}`
  if (country !== now.countryCode) return `it is for ${country}, the address is in ${now.countryCode}`
  const there = normalPostalCode(now.postalCode)
  if (postal !== there) return `it is for the postal code ${postal}, the address has ${there}`
  if (now.grams !== null && grams !== now.grams)
    return `it is for ${grams} g, the cart weighs ${now.grams} g now`
  return null
}

/** Verifies a quote for this consignment. Returns its price, or the reason why it is invalid. */
export function acceptQuote(
  quote: ReadQuote,
  { key, consignment, now }: { key: QuoteKey | null; consignment: Consignment; now: Date },
): Decision<Quote, ShippingOptionExpiredError> {
  const { exp, rate: rateId, carrier, service, amountMinor, currency } = quote.payload
  if (!key) return refuse(noLongerOffered('its signing key is not known yet'))
  if (!isSigned(quote, key)) return refuse(noLongerOffered('it was not signed by the shop'))
  if (now.getTime() >= exp * 1_000)
    return refuse(noLongerOffered(`it expired at ${new Date(exp * 1_000).toISOString()}`))
  if (now > key.notAfter)
    return refuse(noLongerOffered(`its signing key was valid until ${key.notAfter.toISOString()}`))
  const why = misfit(quote, consignment)
  if (why) return refuse(noLongerOffered(why))
  return accept({ rateId, carrier, service, price: money(BigInt(amountMinor), currency) })
}

function noLongerOffered(why: string): ShippingOptionExpiredError {
  const message = `the shipping option is not valid: ${why}. Allowed is an option that Cart.shippingOptions returns now`
  return { __typename: 'ShippingOptionExpiredError', message, path: ['shippingOptionId'] }
}
