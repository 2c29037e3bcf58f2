import type { Clock } from '@argyle/kit/clock'
import { badUserInput } from '@argyle/kit/errors'
import { isCurrency } from '@argyle/kit/money'
import { validate } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { countryCodeSchema, postalCodeSchema } from '../destination.ts'
import type { RateReads } from '../rate/rate-reads.ts'
import type { Consignment } from '../references.ts'
import { type CartReference, weightOf } from './cart.ts'
import { optionOf, type QuotedParcel, type ShippingOption } from './quote.ts'
import type { QuoteKeyStore } from './quote-key-store.ts'

const destinationInput = z.object({ countryCode: countryCodeSchema, postalCode: postalCodeSchema })

export type Quoting = {
  readonly rates: Pick<RateReads, 'offers'>
  readonly keys: QuoteKeyStore
  readonly clock: Clock
}

/**
 * The shipping options of a cart for a destination, each with a signed quote; null if the weight of a line is
 * unknown.
 * @throws GraphQLError BAD_USER_INPUT for an invalid destination
 */
export async function shippingOptions(
  quoting: Quoting,
  { id: cartId, currencyCode: currency, lines }: CartReference,
  to: { readonly countryCode: string; readonly postalCode: string },
): Promise<ShippingOption[] | null> {
  const read = validate(destinationInput, to)
  if (!read.ok) throw badUserInput(read.errors.map(({ message }) => message).join('; '))
  const grams = lines ? weightOf(lines) : null
  if (grams === null || !isCurrency(currency)) return null
  if (lines?.length === 0) return []
  const destination = { country: read.value.countryCode, postal: read.value.postalCode }
  return quoted(quoting, { cartId, currency, grams, destination })
}

/**
 * The shipping options of an order for its address, each with a signed quote. A quote is for the cart that
 * the order was made of, so one that was made before the order was placed is valid too. Null if orders does
 * not say what is to be sent.
 */
export async function orderShippingOptions(
  quoting: Quoting,
  consignment: Consignment | null | undefined,
): Promise<ShippingOption[] | null> {
  if (!consignment || !isCurrency(consignment.currencyCode)) return null
  const { cartId, currencyCode: currency, grams } = consignment
  const read = validate(destinationInput, consignment)
  // The address does not have the form of a destination, so no carrier delivers to it.
  if (!read.ok) return []
  const destination = { country: read.value.countryCode, postal: read.value.postalCode }
  return quoted(quoting, { cartId, currency, grams, destination })
}

async function quoted({ rates, keys, clock }: Quoting, parcel: QuotedParcel): Promise<ShippingOption[]> {
  const { destination, currency, grams } = parcel
  const [offers, signer] = await Promise.all([rates.offers(destination, currency, grams), keys.signer()])
  const now = clock()
  return offers.map((offer) => optionOf(offer, parcel, signer, now))
}
