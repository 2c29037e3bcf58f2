import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOrderNumber, ORDER_NUMBER_BITS, orderNumber } from './order-number.ts'

const bits = fc.bigInt({ min: 0n, max: (1n << BigInt(ORDER_NUMBER_BITS)) - 1n })
const SIGNS = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ']

test('every number has the form, and a check sign that is right', () => {
  fc.assert(fc.property(bits, (value) => isOrderNumber(orderNumber(value))))
})

test('different bits make different numbers', () => {
  fc.assert(fc.property(bits, bits, (a, b) => (a === b) === (orderNumber(a) === orderNumber(b))))
})

test('one wrong sign is found, whichever it is', () => {
  const positions = fc.constantFrom(2, 3, 4, 5, 7, 8, 9, 10)
  fc.assert(
    fc.property(bits, positions, fc.constantFrom(...SIGNS), (value, position, sign) => {
      const right = orderNumber(value)
      const wrong = right.slice(0, position) + sign + right.slice(position + 1)
      expect(isOrderNumber(wrong)).toBe(wrong === right)
    }),
  )
})

test('a text that is no order number is refused', () => {
  for (const text of [
    '',
    'A-7K2M-9QX4',
    'A-7K2M9QX3',
    'a-7k2m-9qx3',
    'A-7K2M-9QXI',
    'B-7K2M-9QX3',
    'A-7K2M-9QX3 ',
  ]) {
    expect(isOrderNumber(text)).toBe(false)
  }
  expect(isOrderNumber('A-7K2M-9QX3')).toBe(true)
  expect(() => orderNumber(-1n)).toThrow(RangeError)
  expect(() => orderNumber(1n << 35n)).toThrow(RangeError)
})

test('the first seven signs of a number are its bits, five to each', () => {
  const bitsOf = (number: string) =>
    [...number.replaceAll('-', '').slice(1, 8)].reduce(
      (total, sign) => total * 32n + BigInt(SIGNS.indexOf(sign)),
      0n,
    )
  fc.assert(fc.property(bits, (value) => bitsOf(orderNumber(value)) === value))
})
