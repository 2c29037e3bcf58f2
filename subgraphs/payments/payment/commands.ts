import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { CURRENCIES, money } from '@argyle/kit/money'
import { z } from 'zod'

const amount = z
  .object({ amountMinor: z.string().regex(/^\d{1,16}$/), currencyCode: z.enum(CURRENCIES) })
  .transform(({ amountMinor, currencyCode }) => money(BigInt(amountMinor), currencyCode))

const orderId = idSchema('ord')

const authorize = z.object({
  orderId,
  orderNumber: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  customerId: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  guestProofHash: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  paymentMethodId: z.string(),
  amount,
})
const order = z.object({ orderId })
const claimed = z.object({ orderId, customerId: idSchema('usr') })
const refund = z.object({ orderId, refundId: z.string().min(1).max(100), amount, reason: z.string() })

export type AuthorizeCommand = z.output<typeof authorize>
export type RefundCommand = z.output<typeof refund>

/** Parsers of the messages of orders. Each throws ZodError for malformed data. */
export const read = {
  authorize: ({ data }: Envelope): AuthorizeCommand => authorize.parse(data),
  order: ({ data }: Envelope): string => order.parse(data).orderId,
  refund: ({ data }: Envelope): RefundCommand => refund.parse(data),
  claimed: ({ data }: Envelope) => claimed.parse(data),
}
