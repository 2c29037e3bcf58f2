import { expect, test } from 'vitest'
import { availabilityChanged, reservationEvent, stockCounted, stockLow } from './events.ts'
import type { Reservation } from './reservation.ts'

const RESERVATION: Reservation = {
  id: 'res_1',
  orderId: 'ord_1',
  customerId: 'usr_1',
  status: 'HELD',
  expiresAt: new Date('2026-11-21T09:15:00Z'),
  shortages: [{ variantId: 'var_1', requestedQuantity: 5, availableQuantity: 3 }],
  version: 4,
}
const ALLOCATION = { warehouseId: 'whs_1', warehouseCode: 'LEI-1', variantId: 'var_1', quantity: 5 }
const RESTOCK = { restockId: 'ret_1', lines: [{ variantId: 'var_1', quantity: 2, warehouseId: 'whs_1' }] }

test.each([
  ['HELD', 'stock.reserved', { reservationId: 'res_1', expiresAt: '2026-11-21T09:15:00.000Z' }],
  ['REJECTED', 'stock.rejected', { shortages: RESERVATION.shortages }],
  ['COMMITTED', 'stock.committed', { reservationId: 'res_1', allocations: [ALLOCATION] }],
  ['RELEASED', 'stock.released', {}],
  ['EXPIRED', 'reservation.expired', { reservationId: 'res_1' }],
  ['RESTOCKED', 'stock.restocked', RESTOCK],
] as const)('the answer about a reservation that is %s has its values', (status, type, data) => {
  const particulars = { allocations: [ALLOCATION], restock: RESTOCK }
  expect(reservationEvent(RESERVATION, status, particulars)).toEqual({
    type: `inventory.${type}`,
    subject: 'ord_1',
    sequence: 4,
    data: { orderId: 'ord_1', ...data },
  })
})

test('a reservation without shortages, allocations or units that returned publishes none', () => {
  const bare = { ...RESERVATION, shortages: null }
  const published = (['REJECTED', 'COMMITTED', 'RESTOCKED'] as const).map(
    (as) => reservationEvent(bare, as).data,
  )
  expect(published).toEqual([
    { orderId: 'ord_1', shortages: [] },
    { orderId: 'ord_1', reservationId: 'res_1', allocations: [] },
    { orderId: 'ord_1', restockId: null, lines: [] },
  ])
})

test('the published stock of a variant, a quarter of the ledger, and a low level are published with their values', () => {
  expect(availabilityChanged('var_1', 7, { status: 'LOW_STOCK', availableQuantity: 3 })).toEqual({
    type: 'inventory.availability.changed',
    subject: 'var_1',
    sequence: 7,
    data: { variantId: 'var_1', status: 'LOW_STOCK', availableQuantity: 3 },
  })
  const quarter = new Date('2026-11-21T09:15:00Z')
  expect(stockCounted({ quarter, onHandDelta: -4, movements: 6 })).toEqual({
    type: 'inventory.stock.counted',
    subject: '2026-11-21T09:15:00.000Z',
    sequence: 6,
    data: { quarter: '2026-11-21T09:15:00.000Z', onHandDelta: -4, movements: 6 },
  })
  const level = { id: 'stk_1', variantId: 'var_1', warehouseId: 'whs_1' }
  const units = { onHand: 9, reserved: 5, incoming: 1, reorderPoint: 6, version: 8 }
  expect(stockLow('alr_1', { ...level, ...units })).toEqual({
    type: 'inventory.stock.low',
    subject: 'stk_1',
    sequence: 8,
    data: {
      ...{ alertId: 'alr_1', stockLevelId: 'stk_1', variantId: 'var_1', warehouseId: 'whs_1' },
      ...{ available: 4, reorderPoint: 6 },
    },
  })
})
