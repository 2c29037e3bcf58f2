import type { NewEvent } from '@argyle/kit/envelope'
import type { PublicStock } from './availability.ts'
import type { ReservationStatus } from './generated/prisma/enums.ts'
import type { Reservation } from './reservation.ts'
import type { QuarterSum } from './stock-count.ts'
import { available, type StockLevel } from './stock-level.ts'

/** Units of a variant that one warehouse allocates to an order. */
export type Allocation = {
  readonly warehouseId: string
  readonly warehouseCode: string
  readonly variantId: string
  readonly quantity: number
}

/** Units that were restocked in a warehouse. */
export type RestockedLine = Omit<Allocation, 'warehouseCode'>

/** The data of an answer in addition to its status. */
export type Particulars = {
  /** The units of a COMMITTED order that each warehouse packs. */
  readonly allocations?: readonly Allocation[]
  /** The return and its units, if RESTOCKED. */
  readonly restock?: { readonly restockId: string; readonly lines: readonly RestockedLine[] }
}

/** The answer to orders about a reservation, by its status. */
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

/** The published stock of a variant has changed. */
export function availabilityChanged(variantId: string, sequence: number, stock: PublicStock): NewEvent {
  const { status, availableQuantity } = stock
  const data = { variantId, status, availableQuantity }
  return { type: AVAILABILITY_CHANGED, subject: variantId, sequence, data }
}

/** `inventory.stock.counted`: the change of the units on hand in a quarter of an hour so far. */
export function stockCounted({ quarter, onHandDelta, movements }: QuarterSum): NewEvent {
  const data = { quarter: quarter.toISOString(), onHandDelta, movements }
  return { type: 'inventory.stock.counted', subject: data.quarter, sequence: movements, data }
}

/** @param level after the change, with its version incremented */
export function stockLow(alertId: string, level: StockLevel): NewEvent {
  const { id: stockLevelId, variantId, warehouseId, reorderPoint, version } = level
  const data = { alertId, stockLevelId, variantId, warehouseId, available: available(level), reorderPoint }
  return { type: 'inventory.stock.low', subject: stockLevelId, sequence: version, data }
}
