import { accept, type Decision } from '@argyle/kit/decision'
import { idSchema } from '@argyle/kit/ids'
import { CURRENCIES, MAX_SUM_MINOR } from '@argyle/kit/money'
import { idempotencyKeySchema, type ValidationError, validate, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { readAmount } from '../amount-input.ts'
import { type ReadQuote, readQuote } from '../quote/quote.ts'
import type { PlaceOrder } from './order-store.ts'
import type { PayOrder } from './payment-choice.ts'

/** Parses the id of a shipping option. Its signature is verified when the order is placed. */
export const shippingOptionSchema = z.string().transform((id, context): ReadQuote => {
  const quote = readQuote(id)
  if (quote) return quote
  context.addIssue({ code: 'custom', message: 'the id of one of Cart.shippingOptions' })
  return z.NEVER
})

export const expectedTotalSchema = z.object({ amount: z.string(), currencyCode: z.enum(CURRENCIES) })

/** An optional field: undefined becomes null. */
export const orNull = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null)

const placeSchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  cartId: idSchema('crt'),
  expectedCartVersion: versionSchema,
  shippingAddressId: idSchema('adr'),
  shippingOptionId: orNull(shippingOptionSchema),
  paymentMethodId: orNull(idSchema('pmt')),
  shippingAddressVersion: versionSchema.nullish().transform((version) => version ?? undefined),
  expectedTotal: expectedTotalSchema,
})

const paySchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  orderId: idSchema('ord'),
  shippingOptionId: orNull(shippingOptionSchema),
  paymentMethodId: orNull(idSchema('pmt')),
  expectedTotal: expectedTotalSchema,
})

const cancelSchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  orderId: idSchema('ord'),
  expectedVersion: versionSchema,
})

type Asked = {
  readonly expectedTotal: z.output<typeof expectedTotalSchema>
  readonly shippingOptionId: ReadQuote | null
}

/** Parses the expected total, and renames the shipping option to the quote that it is. */
export function withAmount<T extends Asked>({ expectedTotal, shippingOptionId: quote, ...rest }: T) {
  const { amount, currencyCode } = expectedTotal
  const total = readAmount(amount, currencyCode, ['expectedTotal', 'amount'], MAX_SUM_MINOR)
  return total.ok ? accept({ ...rest, expectedTotal: total.value, quote }) : total
}

/** Validates the input of placeOrder. */
export function readPlaceOrder(input: unknown): Decision<PlaceOrder, ValidationError> {
  const checked = validate(placeSchema, input)
  return checked.ok ? withAmount(checked.value) : checked
}

/** Validates the input of payOrder. */
export function readPayOrder(input: unknown): Decision<PayOrder, ValidationError> {
  const checked = validate(paySchema, input)
  return checked.ok ? withAmount(checked.value) : checked
}

/** Validates the input of cancelOrder. */
export const readCancelOrder = (input: unknown) => validate(cancelSchema, input)
