import type { NewEvent } from '@argyle/kit/envelope'
import type { PublicStock } from './availability.ts'
import type { ReservationStatus } from './generated/prisma/enums.ts'
import type { Reservation } from './reservation.ts'
import { available, type StockLevel } from './stock-level.ts'

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
