import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { z } from 'zod'

/** Longest time for which a command reserves stock. */
const MAX_HOLD_SECONDS = 86_400

const reserveSchema = z.object({
  orderId: idSchema('ord'),
  /** The customer who may read the reservation. Without it, only staff may. */
  customerId: idSchema('usr').nullish(),
  ttlSeconds: z.int().min(1).max(MAX_HOLD_SECONDS).default(900),
  lines: z.array(z.object({ variantId: z.string().min(1), quantity: z.int().min(1).max(1_000_000) })).min(1),
})
const claimedSchema = z.object({ orderId: idSchema('ord'), customerId: idSchema('usr') })
const orderSchema = z.object({ orderId: idSchema('ord') })
const restockSchema = orderSchema.extend({
  /** The id of the return; each is restocked once. Without it: the whole order. */
  restockId: z.string().min(1).max(100).default('all'),
  /**
   * Without lines: all units of the order that have not returned. Without `warehouseId`: to the warehouse
   * they came from.
   */
  lines: z
    .array(
      z.object({
        variantId: z.string().min(1),
        quantity: z.int().min(1).max(1_000_000),
        warehouseId: z.string().nullish(),
      }),
    )
    .max(1_000)
    .nullish(),
})

export type ReserveCommand = z.output<typeof reserveSchema>
export type RestockCommand = z.output<typeof restockSchema>

/** Parses `inventory.reserve`. @throws ZodError for malformed data */
export function reserveCommand({ data }: Envelope): ReserveCommand {
  return reserveSchema.parse(data)
}

/** Parses `inventory.restock`. @throws ZodError for malformed data */
export function restockCommand({ data }: Envelope): RestockCommand {
  return restockSchema.parse(data)
}

/** Parses the order id of `inventory.commit` and `release`. @throws ZodError */
export function commandedOrder({ data }: Envelope): string {
  return orderSchema.parse(data).orderId
}

/** `orders.order.claimed`: the customer to whom a guest's order now belongs. @throws ZodError */
export function claimedOrder({ data }: Envelope) {
  return claimedSchema.parse(data)
}
