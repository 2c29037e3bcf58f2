import { expect, test } from 'vitest'
import { idSchema, isId, mintedAt, newId, readId } from './ids.ts'

test('ids are never the same, and sort in the order of their making', () => {
  const before = Date.now()
  const ids = Array.from({ length: 20_000 }, () => newId('ord'))
  expect(new Set(ids).size).toBe(20_000)
  expect(ids.toSorted()).toEqual(ids)
  expect(ids.every((id) => isId('ord', id))).toBe(true)
  expect(mintedAt(ids[0] ?? '')).toBeGreaterThanOrEqual(before)
})

test('an id contains the time of its creation', () => {
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

test.each([
  ['ord_x', 'id is "ord_x": allowed is an id that starts with ord_ and goes on with a UUIDv7'],
  ['ord_01931B6A-5C00-7000-8000-000000000000', 'in lower case'],
  [
    'prd_01931b6a-5c00-7000-8000-000000000000',
    'allowed is an id that starts with ord_; prd_ starts the id of something else',
  ],
  ['1', 'id is "1": allowed is an id that starts with ord_'],
  ['\0', 'id is "\\u0000": allowed is an id that starts with ord_'],
  ['x'.repeat(10_000), '… (10000 characters): allowed is an id that starts with ord_'],
])('%j is refused with the reason', (value, message) => {
  expect(() => readId('id', 'ord', value)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      extensions: { code: 'BAD_USER_INPUT' },
    }),
  )
})

test('an id argument of the right form is given back', () => {
  const id = newId('ord')
  expect(readId('id', 'ord', id)).toBe(id)
})
