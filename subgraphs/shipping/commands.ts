import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { z } from 'zod'
import { countryCodeSchema } from './destination.ts'
import type { RefundReport } from './return/return.ts'

/** Parcels of a command. */
const MAX_PARCELS = 50
/** Lines of a parcel. */
const MAX_LINES = 100

const parcelSchema = z.object({
  warehouseId: z.string().min(1),
  warehouseCode: z.string().min(1),
  lines: z
    .array(
      z.object({
        orderLineId: z.string().min(1),
        variantId: z.string().min(1),
        quantity: z.int().min(1),
        weightGrams: z.int().min(0),
      }),
    )
    .min(1)
    .max(MAX_LINES),
})

const createSchema = z.object({
  orderId: idSchema('ord'),
  orderNumber: z.string().min(1),
  customerId: idSchema('usr').nullable(),
  guestProofHash: z.string().nullish(),
  email: z.string().nullable(),
  address: z.object({
    recipient: z.string(),
    line1: z.string(),
    line2: z.string().nullish(),
    city: z.string(),
    region: z.string().nullish(),
    postalCode: z.string(),
    countryCode: countryCodeSchema,
  }),
  carrier: z.string().min(1),
  service: z.string().min(1),
  parcels: z.array(parcelSchema).min(1).max(MAX_PARCELS),
})
const orderSchema = z.object({ orderId: idSchema('ord') })
const claimedSchema = z.object({ orderId: idSchema('ord'), customerId: idSchema('usr') })
const refundSchema = z.object({
  orderId: idSchema('ord'),
  returnId: idSchema('ret'),
  // Absent in messages of earlier versions, which reported no failure.
  reversals: z.int().min(0).default(0),
})

export type CreateCommand = z.output<typeof createSchema>
export type Parcel = CreateCommand['parcels'][number]

/** Parses `shipping.create`. @throws ZodError for malformed data */
export function createCommand({ data }: Envelope): CreateCommand {
  return createSchema.parse(data)
}

/** Parses the order id of `shipping.cancel`. @throws ZodError */
export function cancelledOrder({ data }: Envelope): string {
  return orderSchema.parse(data).orderId
}

/** Parses order and customer of `orders.order.claimed`. @throws ZodError */
export function claimedOrder({ data }: Envelope): z.output<typeof claimedSchema> {
  return claimedSchema.parse(data)
}

/** Parses `orders.return.refunded` and `orders.return.refund_failed`. @throws ZodError */
export function refundReport({ type, data }: Envelope): RefundReport & { readonly returnId: string } {
  const { returnId, reversals } = refundSchema.parse(data)
  return { returnId, reversals, isRefunded: type === 'orders.return.refunded' }
}
