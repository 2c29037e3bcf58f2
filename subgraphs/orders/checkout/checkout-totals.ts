import { badUserInput } from '@argyle/kit/errors'
import { maybeLineOfText } from '@argyle/kit/text'
import { echo, validate } from '@argyle/kit/user-errors'
import { z } from 'zod'
import type { CartHead } from '../cart/cart.ts'
import type { Pricing } from '../cart/pricing.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { countryCodeSchema, postalCodeSchema } from '../guest/guest-input.ts'
import { readTerms } from '../order/order-rows.ts'
import { acceptQuote, readQuote } from '../quote/quote.ts'
import { gramsOf, type Totals, totalsOf } from './totals.ts'

const destinationSchema = z.object({
  countryCode: countryCodeSchema,
  region: maybeLineOfText(100).nullish(),
  postalCode: postalCodeSchema.nullish(),
})

/** The destination and shipping option of a cart, as given by the client. */
export type TotalsArguments = {
  readonly countryCode: string
  readonly region?: string | null
  readonly postalCode?: string | null
  readonly shippingOptionId?: string | null
}

/**
 * The current totals of an order of this cart for a destination.
 * @throws GraphQLError BAD_USER_INPUT for an invalid destination or a shipping option that does not apply to
 * it
 */
export async function checkoutTotals(
  prisma: PrismaClient,
  { cart, pricing }: { cart: CartHead; pricing: Pricing },
  args: TotalsArguments,
  now: Date,
): Promise<Totals> {
  const checked = validate(destinationSchema, args)
  if (!checked.ok) throw badUserInput(checked.errors.map(({ message }) => message).join('; '))
  const { countryCode, region = null, postalCode = null } = checked.value
  const optionId = args.shippingOptionId ?? null
  const quote = optionId === null ? null : readQuote(optionId)
  if (optionId !== null && (!quote || postalCode === null))
    throw badUserInput(
      `shippingOptionId is ${echo(optionId)}: allowed is the id of one of Cart.shippingOptions, with the postalCode that it is for`,
    )
  const { taxRules, key } = await readTerms(prisma, { countryCode, region }, quote?.payload.kid ?? null)
  const place = { region, rules: taxRules }
  if (!quote) return totalsOf(pricing, place, null)
  const { currency } = cart
  const grams = gramsOf(pricing.lines)
  const consignment = { cartId: cart.id, currency, countryCode, postalCode: postalCode ?? '', grams }
  const price = acceptQuote(quote, { key, consignment, now })
  if (!price.ok) throw badUserInput(price.errors.map(({ message }) => message).join('; '))
  return totalsOf(pricing, place, price.value.price)
}
