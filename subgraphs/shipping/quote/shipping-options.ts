import type { Clock } from '@argyle/kit/clock'
import { badUserInput } from '@argyle/kit/errors'
import { isCurrency } from '@argyle/kit/money'
import { validate } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { countryCodeSchema, postalCodeSchema } from '../destination.ts'
import type { RateReads } from '../rate/rate-reads.ts'
import { type CartReference, weightOf } from './cart.ts'
import { optionOf, type ShippingOption } from './quote.ts'
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
  { rates, keys, clock }: Quoting,
  { id: cartId, currencyCode: currency, lines }: CartReference,
  to: { readonly countryCode: string; readonly postalCode: string },
): Promise<ShippingOption[] | null> {
  const read = validate(destinationInput, to)
  if (!read.ok) throw badUserInput(read.errors.map(({ message }) => message).join('; '))
  const grams = lines ? weightOf(lines) : null
  if (grams === null || !isCurrency(currency)) return null
  if (lines?.length === 0) return []
  const destination = { country: read.value.countryCode, postal: read.value.postalCode }
  const [offers, signer] = await Promise.all([rates.offers(destination, currency, grams), keys.signer()])
  const now = clock()
  return offers.map((offer) => optionOf(offer, { cartId, currency, grams, destination }, signer, now))
}
