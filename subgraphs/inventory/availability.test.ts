import { expect, test } from 'vitest'
import { changedAvailability, publicStock } from './availability.ts'
import { aLevel } from './testing/a-level.ts'

test.each([
  { units: 21, status: 'IN_STOCK', availableQuantity: 20 },
  { units: 20, status: 'IN_STOCK', availableQuantity: 20 },
  { units: 6, status: 'IN_STOCK', availableQuantity: 6 },
  { units: 5, status: 'LOW_STOCK', availableQuantity: 5 },
  { units: 1, status: 'LOW_STOCK', availableQuantity: 1 },
  { units: 0, status: 'OUT_OF_STOCK', availableQuantity: 0 },
])('$units units are $status, published as $availableQuantity', ({ units, ...published }) => {
  expect(publicStock([aLevel({ onHand: units + 3, reserved: 3 })])).toEqual(published)
})

test('a variant that is out but announced is on back order; one that is there is not', () => {
  const announced = aLevel({ id: 'stk_2', onHand: 0, incoming: 40 })
  expect(publicStock([announced, aLevel({ onHand: 0 })]).status).toBe('BACKORDER')
  expect(publicStock([aLevel({ onHand: 0 }), announced]).status).toBe('BACKORDER')
  expect(publicStock([announced, aLevel({ onHand: 1 })]).status).toBe('LOW_STOCK')
})

test('a variant in no warehouse is out of stock', () => {
  expect(publicStock([])).toEqual({ status: 'OUT_OF_STOCK', availableQuantity: 0 })
})

test('only what the public can see counts as a change', () => {
  const here = aLevel({ id: 'here', onHand: 30 })
  const there = aLevel({ id: 'there', onHand: 1 })
  const other = aLevel({ id: 'other', variantId: 'var_2', onHand: 4 })
  const after = [
    { ...here, reserved: 11 },
    { ...other, reserved: 1 },
  ]
  expect(changedAvailability([here, there, other], after)).toEqual([
    { variantId: 'var_2', stock: { status: 'LOW_STOCK', availableQuantity: 3 } },
  ])
  expect(changedAvailability([here, there, other], [{ ...here, reserved: 12 }])).toEqual([
    { variantId: 'var_1', stock: { status: 'IN_STOCK', availableQuantity: 19 } },
  ])
})

test('units announced for a variant that is out are a change, though its quantity stays 0', () => {
  const out = aLevel({ onHand: 0 })
  expect(changedAvailability([out], [{ ...out, incoming: 5 }])).toEqual([
    { variantId: 'var_1', stock: { status: 'BACKORDER', availableQuantity: 0 } },
  ])
  expect(changedAvailability([out], [{ ...out, reorderPoint: 5 }])).toEqual([])
})
