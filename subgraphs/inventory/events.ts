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
const productChangedSchema = z.object({ variants: z.array(z.object({ variantId: idSchema('var') })) })

export type ReserveCommand = z.output<typeof reserveSchema>

/** `inventory.reserve`. @throws ZodError when the message is not of the form. */
export function reserveCommand({ data }: Envelope): ReserveCommand {
  return reserveSchema.parse(data)
}

/** The order that `inventory.commit`, `release` and `restock` are about. @throws ZodError */
export function commandedOrder({ data }: Envelope): string {
  return orderSchema.parse(data).orderId
}

/** The variants that `products.product.changed` names. @throws ZodError */
export function variantsOfProduct({ data }: Envelope): string[] {
  return productChangedSchema.parse(data).variants.map((variant) => variant.variantId)
}

/** What orders are told of a reservation, by the status to tell. */
export function reservationEvent(reservation: Reservation, as: ReservationStatus): NewEvent {
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
      return say('stock.committed', { reservationId })
    case 'RELEASED':
      return say('stock.released', {})
    case 'EXPIRED':
      return say('reservation.expired', { reservationId })
    case 'RESTOCKED':
      return say('stock.restocked', {})
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
