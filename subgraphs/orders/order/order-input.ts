import { accept, type Decision } from '@argyle/kit/decision'
import { idSchema } from '@argyle/kit/ids'
import { CURRENCIES, LARGEST_SUM_MINOR } from '@argyle/kit/money'
import { idempotencyKeySchema, type ValidationError, validate, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { readAmount } from '../amount-input.ts'
import { type ReadQuote, readQuote } from '../quote/quote.ts'
import type { PlaceOrder } from './order-store.ts'

/** Parses the id of a shipping option. Its signature is verified when the order is placed. */
export const shippingOptionSchema = z.string().transform((id, context): ReadQuote => {
  const quote = readQuote(id)
  if (quote) return quote
  context.addIssue({ code: 'custom', message: 'the id of one of Cart.shippingOptions' })
  return z.NEVER
})

const placeSchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  cartId: idSchema('crt'),
  expectedCartVersion: versionSchema,
  shippingAddressId: idSchema('adr'),
  shippingOptionId: shippingOptionSchema,
  paymentMethodId: idSchema('pmt'),
  shippingAddressVersion: versionSchema.nullish().transform((version) => version ?? undefined),
  expectedTotal: z.object({ amount: z.string(), currencyCode: z.enum(CURRENCIES) }),
})

const cancelSchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  orderId: idSchema('ord'),
  expectedVersion: versionSchema,
})

/** Validates the input of placeOrder. */
export function readPlaceOrder(input: unknown): Decision<PlaceOrder, ValidationError> {
  const checked = validate(placeSchema, input)
  if (!checked.ok) return checked
  const { expectedTotal, shippingOptionId: quote, ...rest } = checked.value
  const { amount, currencyCode } = expectedTotal
  const total = readAmount(amount, currencyCode, ['expectedTotal', 'amount'], LARGEST_SUM_MINOR)
  return total.ok ? accept({ ...rest, expectedTotal: total.value, quote }) : total
}

/** Validates the input of cancelOrder. */
export const readCancelOrder = (input: unknown) => validate(cancelSchema, input)
