import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { z } from 'zod'

const LONGEST_HOLD_SECONDS = 86_400

const reserveSchema = z.object({
  orderId: idSchema('ord'),
  /** Who may see the reservation; a publisher that does not say leaves it to staff. */
  customerId: idSchema('usr').nullish(),
  ttlSeconds: z.int().min(1).max(LONGEST_HOLD_SECONDS).default(900),
  lines: z.array(z.object({ variantId: z.string().min(1), quantity: z.int().min(1).max(1_000_000) })).min(1),
})
const orderSchema = z.object({ orderId: idSchema('ord') })
const restockSchema = orderSchema.extend({
  /** The return; one of them is put back once. A publisher that does not say means the whole order. */
  restockId: z.string().min(1).max(100).default('all'),
  /** Left out: everything of the order that has not come back yet. `warehouseId` left out: where it came from. */
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

/** `inventory.reserve`. @throws ZodError when the message is not of the form. */
export function reserveCommand({ data }: Envelope): ReserveCommand {
  return reserveSchema.parse(data)
}

/** `inventory.restock`. @throws ZodError when the message is not of the form. */
export function restockCommand({ data }: Envelope): RestockCommand {
  return restockSchema.parse(data)
}

/** The order that `inventory.commit` and `release` are about. @throws ZodError */
export function commandedOrder({ data }: Envelope): string {
  return orderSchema.parse(data).orderId
}
