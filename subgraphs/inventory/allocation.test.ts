import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Allotment, allocateLines, mergeLines, type WantedLine } from './allocation.ts'
import { available, type StockLevel } from './stock-level.ts'
import { aLevel } from './testing/a-level.ts'

function levels(units: Record<string, Record<string, number>>): StockLevel[] {
  return Object.entries(units).flatMap(([warehouseId, held]) =>
    Object.entries(held).map(([variantId, onHand]) =>
      aLevel({ id: `${warehouseId}/${variantId}`, warehouseId, variantId, onHand }),
    ),
  )
}

function taken(lines: WantedLine[], units: Record<string, Record<string, number>>) {
  const decision = allocateLines(lines, levels(units))
  if (!decision.ok) return decision.errors
  return Object.fromEntries(decision.value.map(({ level, quantity }) => [level.id, quantity]))
}

const line = (variantId: string, quantity: number): WantedLine => ({ variantId, quantity })

test('lines of the same variant become one', () => {
  expect(mergeLines([line('a', 1), line('b', 2), line('a', 3)])).toEqual([line('a', 4), line('b', 2)])
})

test('one warehouse that holds all gives all, even where another holds more of one line', () => {
  expect(taken([line('a', 2), line('b', 2)], { w1: { a: 1, b: 90 }, w2: { a: 2, b: 2 } })).toEqual({
    'w2/a': 2,
    'w2/b': 2,
  })
})

test('of two warehouses that hold all, the older gives', () => {
  expect(taken([line('a', 2)], { w2: { a: 9 }, w1: { a: 2 } })).toEqual({ 'w1/a': 2 })
})

test('an order that no warehouse holds whole is split into few parcels', () => {
  const stock = { w1: { a: 1 }, w2: { a: 1, b: 1 }, w3: { b: 2, c: 2 } }
  expect(taken([line('a', 1), line('b', 2), line('c', 1)], stock)).toEqual({
    'w3/b': 2,
    'w3/c': 1,
    'w1/a': 1,
  })
})

test('reserved units are not allocated again, and the shortage is reported', () => {
  const held = [aLevel({ variantId: 'a', onHand: 5, reserved: 4 })]
  expect(allocateLines([line('a', 2)], held)).toEqual({
    ok: false,
    errors: [{ variantId: 'a', requestedQuantity: 2, availableQuantity: 1 }],
  })
})

const variants = ['a', 'b', 'c']
const stockrooms = fc.array(
  fc.record({
    warehouseId: fc.constantFrom('w1', 'w2', 'w3'),
    variantId: fc.constantFrom(...variants),
    onHand: fc.nat(8),
  }),
  { maxLength: 9 },
)
const orders = fc.array(
  fc.record({ variantId: fc.constantFrom(...variants), quantity: fc.integer({ min: 1, max: 9 }) }),
  {
    minLength: 1,
    maxLength: 4,
  },
)

function sumBy(allotments: readonly Allotment[], variantId: string): number {
  return allotments
    .filter(({ level }) => level.variantId === variantId)
    .reduce((sum, { quantity }) => sum + quantity, 0)
}

test('any order is given in full from what is there, or not at all', () => {
  fc.assert(
    fc.property(stockrooms, orders, (rows, wanted) => {
      const unique = new Map(rows.map((row) => [`${row.warehouseId}/${row.variantId}`, row]))
      const stock = [...unique].map(([id, row]) => aLevel({ id, ...row }))
      const lines = mergeLines(wanted)
      const units = (variantId: string) =>
        stock.filter((level) => level.variantId === variantId).reduce((sum, l) => sum + available(l), 0)
      const decision = allocateLines(lines, stock)
      expect(decision.ok).toBe(lines.every(({ variantId, quantity }) => units(variantId) >= quantity))
      if (!decision.ok) return
      for (const { variantId, quantity } of lines) expect(sumBy(decision.value, variantId)).toBe(quantity)
      for (const { level, quantity } of decision.value) {
        expect(quantity).toBeGreaterThan(0)
        expect(quantity).toBeLessThanOrEqual(available(level))
      }
      expect(new Set(decision.value.map(({ level }) => level.id)).size).toBe(decision.value.length)
    }),
  )
})
