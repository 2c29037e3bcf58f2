import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_DEPTH, parseExactly, TooDeep } from './exact-json.ts'
import { exactNumber, integerText, isExactNumber, isInexact, isInexactInteger } from './exact-number.ts'

describe('a number is parsed as', () => {
  const EXACT = [
    `0.${'1'.repeat(900)}`,
    '9007199254740993',
    '-9007199254740992',
    '12345678901234567890',
    '1e400',
    '-1E999',
    '1e-400',
    '-0',
    '-0.0',
    '-0.00000000000000000',
    '-0e5',
    '-1e-400',
    '0.1000000000000000055',
    '1e21',
    '1.00000000000000000001',
  ]
  test.each(EXACT)('an exact one where a double is another: %s', (text) => {
    const parsed = parseExactly(`{"a":[${text}]}`)
    expect(JSON.stringify(parsed)).toBe(`{"a":[${text}]}`)
  })

  test.each([
    '0',
    '7',
    '-12',
    '9007199254740991',
    '0.1',
    '1.10',
    '4.333333333333333',
    '0.30000000000000004',
    '1e2',
    '100e-2',
    '0e999',
    '123456.7890123',
  ])('a plain one where a double is the same: %s', (text) => {
    expect(parseExactly(`[${text}]`)).toEqual([Number(text)])
    expect(isInexact(text)).toBe(false)
  })

  test('what it looks like in a string stays a string', () => {
    const value = { a12345678901234567890: ', 12345678901234567890 \\" : 1e400', b: '\\' }
    expect(parseExactly(JSON.stringify(value))).toEqual(value)
  })
})

test('everything else is parsed as by JSON.parse', () => {
  const property = fc.property(fc.json(), fc.boolean(), (json, hasExact) => {
    const text = hasExact ? `[12345678901234567890,${json}]` : json
    expect(JSON.stringify(parseExactly(text))).toBe(
      hasExact
        ? `[12345678901234567890,${JSON.stringify(JSON.parse(json))}]`
        : JSON.stringify(JSON.parse(json)),
    )
  })
  // Doubles beyond 2^53 and -0 would stay as they are written.
  fc.assert(property, { seed: 8_259, numRuns: 500 })
})

test.each(['', '{', '[1,]', '"a', '{"a":12345678901234567890', '[-]', '[1e]', '"\\'])(
  'no JSON is a SyntaxError: %j',
  (text) => {
    expect(() => parseExactly(text)).toThrow(SyntaxError)
  },
)

describe('a depth', () => {
  const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`
  test('of the most levels is read', () => {
    expect(JSON.stringify(parseExactly(nested(MAX_DEPTH)))).toBe(nested(MAX_DEPTH))
  })

  test('of one more is refused, whatever comes after', () => {
    expect(() => parseExactly(`[${nested(MAX_DEPTH)}]`)).toThrow(TooDeep)
    expect(() => parseExactly('['.repeat(3_000_000))).toThrow(TooDeep)
  })

  test('is not counted in strings, nor of neighbours', () => {
    const text = `["${'['.repeat(5_000)}",${'[],{},'.repeat(5_000)}{}]`
    expect(JSON.stringify(parseExactly(text))).toBe(text)
  })
})

test.each([
  ['9007199254740993', '9007199254740993'],
  ['-0', '0'],
  ['1e21', `1${'0'.repeat(21)}`],
  ['-1.5E3', '-1500'],
  ['100e-2', '1'],
  ['1.5', null],
  ['1e1000', `1${'0'.repeat(1_000)}`],
  ['1e1001', null],
  ['0.0e5', '0'],
])('the integer %s is %s', (source, text) => {
  expect(integerText(source)).toBe(text)
})

test('an object with a field rawJSON is no number', () => {
  expect(isExactNumber({ rawJSON: '1' })).toBe(false)
  expect(isExactNumber(exactNumber('1'))).toBe(true)
})

test.each([
  ['12345', false],
  ['9007199254740992', false],
  ['9007199254740993', true],
  ['-9007199254740993', true],
  ['123456789012345678901234', true],
  // A fraction, or an exponent: a Float.
  ['0.12345678901234567890', false],
  ['1e21', false],
  ['1e400', true],
  ['-1e400', true],
])('a parser changes the integer, or all of the number, %s: %s', (source, isChanged) => {
  expect(isInexactInteger(source)).toBe(isChanged)
})
