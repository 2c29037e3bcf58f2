import type { Envelope, NewEvent } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { z } from 'zod'
import type { PublicStock } from './availability.ts'
import type { ReservationStatus } from './generated/prisma/enums.ts'
import type { Reservation } from './reservation.ts'
import { available, type StockLevel } from './stock-level.ts'

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
const productChangedSchema = z.object({ variants: z.array(z.object({ variantId: idSchema('var') })) })

export type ReserveCommand = z.output<typeof reserveSchema>
export type RestockCommand = z.output<typeof restockSchema>

/** Units of a variant that one warehouse gives to an order. */
export type Allocation = {
  readonly warehouseId: string
  readonly warehouseCode: string
  readonly variantId: string
  readonly quantity: number
}

/** Units that were put back on the shelf of a warehouse. */
export type RestockedLine = Omit<Allocation, 'warehouseCode'>

/** What an answer tells beside the status. */
export type Particulars = {
  /** Of COMMITTED: which warehouse packs what. */
  readonly allocations?: readonly Allocation[]
  /** Of RESTOCKED: which return, and what of it. */
  readonly restock?: { readonly restockId: string; readonly lines: readonly RestockedLine[] }
}

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

/** The variants that `products.product.changed` names. @throws ZodError */
export function variantsOfProduct({ data }: Envelope): string[] {
  return productChangedSchema.parse(data).variants.map((variant) => variant.variantId)
}

/** What orders are told of a reservation, by the status to tell. */
export function reservationEvent(
  reservation: Reservation,
  as: ReservationStatus,
  { allocations = [], restock }: Particulars = {},
): NewEvent {
  const { id: reservationId, orderId, version } = reservation
  const say = (type: string, data: object): NewEvent => ({
    type: `inventory.${type}`,
    subject: orderId,
    sequence: version,
    data: { orderId, ...data },
  })
  switch (as) {
    case 'HELD':
      return say('stock.reserved', { reservationId, expiresAt: reservation.expiresAt?.toISOString() })
    case 'REJECTED':
      return say('stock.rejected', { shortages: reservation.shortages ?? [] })
    case 'COMMITTED':
      return say('stock.committed', { reservationId, allocations })
    case 'RELEASED':
      return say('stock.released', {})
    case 'EXPIRED':
      return say('reservation.expired', { reservationId })
    case 'RESTOCKED':
      return say('stock.restocked', restock ?? { restockId: null, lines: [] })
  }
}

export const AVAILABILITY_CHANGED = 'inventory.availability.changed'

/** The public stock of a variant is another than before. */
export function availabilityChanged(variantId: string, sequence: number, stock: PublicStock): NewEvent {
  const { status, availableQuantity } = stock
  const data = { variantId, status, availableQuantity }
  return { type: AVAILABILITY_CHANGED, subject: variantId, sequence, data }
}

/** @param level as the change left it; its version must have been raised already. */
export function stockLow(alertId: string, level: StockLevel): NewEvent {
  const { id: stockLevelId, variantId, warehouseId, reorderPoint, version } = level
  const data = { alertId, stockLevelId, variantId, warehouseId, available: available(level), reorderPoint }
  return { type: 'inventory.stock.low', subject: stockLevelId, sequence: version, data }
}
