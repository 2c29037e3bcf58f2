import { expect, test } from 'vitest'
import { isAllReturned, returnUnits, type SoldLine, shelved } from './restock.ts'
import type { StockLevel } from './stock-level.ts'
import { aLevel } from './testing/a-level.ts'

const levels = [1, 2].map((n) => aLevel({ id: `stk_${n}`, variantId: 'var_1', warehouseId: `whs_${n}` }))
const sold = (...restocked: readonly number[]): SoldLine[] =>
  restocked.map((units, index) => ({
    ...{ stockLevelId: `stk_${index + 1}`, variantId: 'var_1', quantity: 3, restocked: units },
  }))
const back = (lines: readonly SoldLine[], quantity: number, warehouseId: string | null = null) =>
  returnUnits(lines, [{ variantId: 'var_1', quantity, warehouseId }], levels)
const shown = (lines: readonly SoldLine[], quantity: number, warehouseId?: string) =>
  back(lines, quantity, warehouseId).map(({ from, to, quantity: units }) => [from, to.id, units])

test('units return to where they came from, and never more than left', () => {
  expect(shown(sold(2, 0), 2)).toEqual([
    ['stk_1', 'stk_1', 1],
    ['stk_2', 'stk_2', 1],
  ])
  expect(shown(sold(2, 3), 9)).toEqual([['stk_1', 'stk_1', 1]])
  expect(shown(sold(3, 3), 1)).toEqual([])
})

test('a return without lines is of all units; one of no lines is of none', () => {
  const moves = returnUnits(sold(2, 0), null, levels)
  expect(moves.map(({ from, quantity }) => [from, quantity])).toEqual([
    ['stk_1', 1],
    ['stk_2', 3],
  ])
  expect(returnUnits(sold(2, 0), [], levels)).toEqual([])
})

test('two lines of a return share the units that are left', () => {
  const returned = [2, 2].map((quantity) => ({ variantId: 'var_1', quantity, warehouseId: null }))
  const moves = returnUnits(sold(0), returned, levels)
  expect(moves.map(({ from, quantity }) => [from, quantity])).toEqual([
    ['stk_1', 2],
    ['stk_1', 1],
  ])
})

test('units return to the warehouse that received them, unless it has no level of the variant', () => {
  expect(shown(sold(0, 3), 1, 'whs_2')).toEqual([['stk_1', 'stk_2', 1]])
  expect(shown(sold(0, 3), 1, 'whs_9')).toEqual([['stk_1', 'stk_1', 1]])
})

test('units that left from two levels and return to one are one change of it', () => {
  const [, second] = levels
  expect(shelved('ord_1', back(sold(0, 0), 5, 'whs_2'))).toEqual([
    {
      before: second,
      after: { ...second, onHand: (second?.onHand ?? 0) + 5 },
      cause: { kind: 'RESTOCKED', orderId: 'ord_1', actorId: null },
    },
  ])
  expect(shelved('ord_1', back(sold(0, 0), 5)).map(({ after }) => [after.id, after.onHand])).toEqual([
    ['stk_1', 13],
    ['stk_2', 12],
  ])
})

test('units of several variants that return to one warehouse go to the levels of their variants', () => {
  const [other, own] = ['var_1', 'var_2'].map((variantId) =>
    aLevel({ id: `stk_${variantId}`, variantId, warehouseId: 'whs_2' }),
  ) as [StockLevel, StockLevel]
  const line = (variantId: string): SoldLine => ({
    ...{ stockLevelId: `stk_of_${variantId}`, variantId, quantity: 1, restocked: 0 },
  })
  const returned = ['var_2', 'var_1'].map((variantId) => ({ variantId, quantity: 1, warehouseId: 'whs_2' }))
  const moves = returnUnits([line('var_1'), line('var_2')], returned, [other, own])
  expect(moves.map(({ to }) => to)).toEqual([own, other])
})

test('all units are back when those that returned before and these are as many as were sold', () => {
  const lines = sold(1, 3)
  expect(isAllReturned(lines, back(lines, 1))).toBe(false)
  expect(isAllReturned(lines, back(lines, 2))).toBe(true)
  expect(isAllReturned(lines, returnUnits(lines, null, levels))).toBe(true)
})
