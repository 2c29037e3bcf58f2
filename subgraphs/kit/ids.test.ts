import { expect, test } from 'vitest'
import { idSchema, isId, mintedAt, newId } from './ids.ts'

test('ids are never the same, and sort in the order of their making', () => {
  const before = Date.now()
  const ids = Array.from({ length: 20_000 }, () => newId('ord'))
  expect(new Set(ids).size).toBe(20_000)
  expect(ids.toSorted()).toEqual(ids)
  expect(ids.every((id) => isId('ord', id))).toBe(true)
  expect(mintedAt(ids[0] ?? '')).toBeGreaterThanOrEqual(before)
})

test('an id tells when it was made', () => {
  expect(mintedAt('ord_01931b6a-5c00-7000-8000-000000000000')).toBe(0x01931b6a5c00)
  expect(() => mintedAt('ord_1')).toThrow('not an id: ord_1')
})

test.each([
  ['', false],
  ['ord_', false],
  ['prd_01931b6a-5c00-7000-8000-000000000000', false],
  ['ord_01931b6a-5c00-4000-8000-000000000000', false],
  ['ord_01931b6a-5c00-7000-8000-000000000000', true],
  ["ord_01931b6a-5c00-7000-8000-000000000000'", false],
])('%j is an order id: %s', (value, is) => {
  expect(isId('ord', value)).toBe(is)
  expect(idSchema('ord').safeParse(value).success).toBe(is)
})
