import { expect, test } from 'vitest'
import { idSchema, isId, mintedAt, newId, orderedUuids, readId } from './ids.ts'

test('ids are never the same, and sort in the order of their making', () => {
  const before = Date.now()
  const ids = Array.from({ length: 20_000 }, () => newId('ord'))
  expect(new Set(ids).size).toBe(20_000)
  expect(ids.toSorted()).toEqual(ids)
  expect(ids.every((id) => isId('ord', id))).toBe(true)
  expect(mintedAt(ids[0] ?? '')).toBeGreaterThanOrEqual(before)
})

test('ids go on in order when the clock goes back, and when a millisecond has no more counts', () => {
  const at = (time: string, count: string) =>
    `${time.slice(0, 8)}-${time.slice(8)}-7${count}-8000-000000000000`
  const clock = [at('01931b6a5c01', '100'), at('01931b6a5c00', '900'), at('01931b6a5c03', 'fff')]
  const next = orderedUuids(() => clock.shift() ?? at('01931b6a5c02', '000'))
  const first = [next(), next(), next()]
  expect(first).toEqual([at('01931b6a5c01', '080'), at('01931b6a5c01', '081'), at('01931b6a5c03', '7ff')])
  const rest = Array.from({ length: 0x801 }, next)
  expect(rest.at(-2)).toBe(at('01931b6a5c03', 'fff'))
  expect(rest.at(-1)).toBe(at('01931b6a5c04', '000'))
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
