import { describe, expect, test } from 'vitest'
import * as scanner from './json-scanner.ts'

/** Result of reading a whole text; null if it does not fit. */
function read(text: string, how: () => unknown): unknown {
  try {
    scanner.begin(text)
    const value = how()
    scanner.end()
    return value
  } catch (error) {
    if (error === scanner.MISMATCH) return null
    throw error
  }
}

describe('a string', () => {
  test.each([
    ['""'],
    ['"socks"'],
    ['"söcks 🧦"'],
    ['"a \\"quoted\\" word"'],
    ['"ends with a backslash \\\\"'],
    ['"\\\\\\\\\\""'],
    ['"\\u00e9\\n\\t\\/"'],
    ['"a\u2028b"'],
  ])('is kept as it is: %s', (text) => {
    expect(read(text, scanner.string)).toBe(text)
  })

  test.each([
    ['"'],
    ['"open'],
    ['"escaped quote \\"'],
    ['"\\q"'],
    ['"\\u12"'],
    ['"a\nb"'],
    ['"a\tb"'],
    ['"a" '],
    ["'a'"],
    ['a'],
    [''],
    ['5'],
  ])('is refused: %j', (text) => {
    expect(read(text, scanner.string)).toBeNull()
  })

  test('after one with escapes is found, and so is one before', () => {
    const strings = ['"plain"', '"with \\" escape"', '"plain again"', '"another \\" one"', '"\\\\"', '"end"']
    const readAll = () => {
      scanner.opens()
      const values: string[] = []
      do values.push(scanner.string())
      while (scanner.goesOn())
      return values
    }
    expect(read(`[${strings.join(',')}]`, readAll)).toEqual(strings)
    // An escape that JSON lacks is refused in each of them.
    expect(read(String.raw`["\n","\q"]`, readAll)).toBeNull()
  })
})

describe('a number', () => {
  test.each([['0'], ['7'], ['-12'], ['999999999']])('is an Int: %s', (text) => {
    expect(read(text, scanner.int)).toBe(text)
  })

  test.each([['01'], ['-0'], ['-'], [''], ['+1'], ['1.0'], ['1e3'], ['2147483648'], ['1000000000'], ['"1"']])(
    'is left to others: %j',
    (text) => {
      expect(read(text, scanner.int)).toBeNull()
    },
  )

  test.each([['0'], ['1.5'], ['-0.25'], ['1e3'], ['1E-7'], ['12345678901']])('is a Float: %s', (text) => {
    expect(read(text, scanner.float)).toBe(text)
  })

  test.each([['1.'], ['.5'], ['1e'], ['1e999'], ['NaN'], ['--1'], ['0x1'], ['00']])(
    'is no Float: %s',
    (text) => {
      expect(read(text, scanner.float)).toBeNull()
    },
  )
})

test.each([
  ['true', 'true'],
  ['false', 'false'],
  ['tru', null],
  ['TRUE', null],
  ['1', null],
])('%s as a Boolean is %s', (text, value) => {
  expect(read(text, scanner.boolean)).toBe(value)
})

test.each([
  ['"2026-11-21"', '"2026-11-21"'],
  ['1.5', '1.5'],
  ['true', 'true'],
  ['{"a":1}', null],
  ['[1]', null],
])('%s of a custom scalar is %s', (text, value) => {
  expect(read(text, scanner.scalar)).toBe(value)
})

test('one of several names is read with its quotes; another one is amiss', () => {
  const names = new Set(['"RED"', '"BLUE"'])
  expect(read('"BLUE"', () => scanner.oneOf(names))).toBe('"BLUE"')
  expect(read('"GREEN"', () => scanner.oneOf(names))).toBeNull()
})

test('a line break may follow what is read, and nothing else', () => {
  expect(read('true\n', scanner.boolean)).toBe('true')
  expect(read('true\n\n', scanner.boolean)).toBeNull()
  expect(read('true,', scanner.boolean)).toBeNull()
})

test.each(['[1]', '[]', '(1]', '[1}', '{}', '[1', '[1 '])('%s is a list only in brackets', (text) => {
  const readAll = () => {
    if (!scanner.opens()) return true
    do scanner.int()
    while (scanner.goesOn())
    return true
  }
  expect(read(text, readAll)).toBe(text === '[1]' || text === '[]' ? true : null)
})

test('an empty list has no elements; null is distinguished from values', () => {
  expect(read('[]', scanner.opens)).toBe(false)
  expect(read('null', scanner.isNull)).toBe(true)
  expect(read('nil', scanner.isNull)).toBeNull()
})

test('the type of the next object is read without advancing', () => {
  const text = '{"__typename":"Sock"}'
  const name = read(text, () => {
    const told = scanner.typenameAhead()
    scanner.expect(text)
    return told
  })
  expect(name).toBe('Sock')
  expect(read('{"id":"1"}', scanner.typenameAhead)).toBeNull()
})
