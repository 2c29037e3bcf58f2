// Tested in ../bad-input.int.test.ts: one table has the bad values of all inputs.

import { isCountryCode } from '@argyle/kit/country'
import type { Decision } from '@argyle/kit/decision'
import { idSchema } from '@argyle/kit/ids'
import type { Money } from '@argyle/kit/money'
import { lineOfText, maybeLineOfText, tokenOfText } from '@argyle/kit/text'
import {
  guestKeySchema,
  idempotencyKeySchema,
  type ValidationError,
  validate,
  versionSchema,
} from '@argyle/kit/user-errors'
import { z } from 'zod'
import type { PostalAddress } from '../order/destination.ts'
import { expectedTotalSchema, orNull, shippingOptionSchema, withAmount } from '../order/order-input.ts'
import type { PayOrder } from '../order/payment-choice.ts'
import type { ReadQuote } from '../quote/quote.ts'

/** The form that HTML gives to `<input type=email>` (WHATWG HTML, 4.10.5.1.5), with a dot in the domain. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/

/** An e-mail address in the form in which accounts have theirs: trimmed, lower case. */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, { abort: true })
  .regex(EMAIL, { error: 'an e-mail address such as ada@argyle.example' })

export const countryCodeSchema = z
  .string()
  .trim()
  .toUpperCase()
  .refine(isCountryCode, { error: 'an ISO 3166-1 alpha-2 code such as FR' })

const POSTAL_CODE = /^[\p{L}\p{N}](?:[\p{L}\p{N} -]*[\p{L}\p{N}])?$/u
export const postalCodeSchema = lineOfText(16).pipe(
  z.string().regex(POSTAL_CODE, { error: 'letters, digits, spaces and hyphens' }),
)

const optional = (longest: number) =>
  maybeLineOfText(longest)
    .nullish()
    .transform((text) => text ?? null)

/** A postal address as a guest enters it. */
export const guestAddressSchema = z.object({
  recipient: lineOfText(100),
  line1: lineOfText(100),
  line2: optional(100),
  city: lineOfText(100),
  region: optional(100),
  postalCode: postalCodeSchema,
  countryCode: countryCodeSchema,
})

export const placeGuestOrderInput = z.object({
  idempotencyKey: guestKeySchema,
  cartId: idSchema('crt'),
  expectedCartVersion: versionSchema,
  email: emailSchema,
  address: guestAddressSchema,
  shippingOptionId: orNull(shippingOptionSchema),
  paymentMethodId: orNull(idSchema('pmt')),
  expectedTotal: expectedTotalSchema,
})

/** Characters of an order number that are compared. Real ones have 11. */
const MAX_NUMBER_LENGTH = 40
/** Characters of a secret that are compared. Real ones have 43. */
const MAX_SECRET_LENGTH = 100

/** The order of a guest: `find` in the guest store checks the pair. */
const whichOrder = {
  idempotencyKey: idempotencyKeySchema,
  number: tokenOfText(MAX_NUMBER_LENGTH),
  secret: tokenOfText(MAX_SECRET_LENGTH),
}

export const payGuestOrderInput = z.object({
  ...whichOrder,
  shippingOptionId: orNull(shippingOptionSchema),
  paymentMethodId: orNull(idSchema('pmt')),
  expectedTotal: expectedTotalSchema,
})

export const cancelGuestOrderInput = z.object({ ...whichOrder, expectedVersion: versionSchema })

/** The validated input of placeGuestOrder. */
export type GuestRequest = {
  readonly idempotencyKey: string
  readonly cartId: string
  readonly expectedCartVersion: number
  readonly email: string
  readonly address: PostalAddress
  readonly quote: ReadQuote | null
  readonly paymentMethodId: string | null
  readonly expectedTotal: Money
}

/** Validates the input of placeGuestOrder. */
export function readPlaceGuestOrder(input: unknown): Decision<GuestRequest, ValidationError> {
  const checked = validate(placeGuestOrderInput, input)
  return checked.ok ? withAmount(checked.value) : checked
}

/** A guest's order as a request names it. */
export type GuestOrderKey = { readonly number: string; readonly secret: string }

/** The validated input of payGuestOrder. */
export type GuestPayment = GuestOrderKey & Omit<PayOrder, 'orderId'>

/** Validates the input of payGuestOrder. */
export function readPayGuestOrder(input: unknown): Decision<GuestPayment, ValidationError> {
  const checked = validate(payGuestOrderInput, input)
  return checked.ok ? withAmount(checked.value) : checked
}

/** Validates the input of cancelGuestOrder. */
export const readCancelGuestOrder = (input: unknown) => validate(cancelGuestOrderInput, input)
