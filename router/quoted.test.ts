import { expect, test } from 'vitest'
import { oneLine, problemAt, quoted, shownName, visible } from './quoted.ts'

test.each<[unknown, string]>([
  ['socks', '"socks"'],
  ['a"b', String.raw`"a\"b"`],
  ['a\nb', String.raw`"a\nb"`],
  ['\u001b[31m', String.raw`"\u001b[31m"`],
  ['\u009b31m', String.raw`"\u009b31m"`],
  ['a\u2028b', String.raw`"a\u2028b"`],
  ['abc\u202edef', String.raw`"abc\u202edef"`],
  ['zero\u200bwidth', String.raw`"zero\u200bwidth"`],
  ['\ud800', String.raw`"\ud800"`],
  ['sock 🧦', '"sock 🧦"'],
  [5, '5'],
  [null, 'null'],
  [undefined, 'undefined'],
  [{ a: 1 }, '{"a":1}'],
])('%j is quoted as %s', (value, expected) => {
  expect(quoted(value)).toBe(expected)
})

test('what is long is shortened before it is escaped', () => {
  expect(quoted('x'.repeat(100))).toBe(`"${'x'.repeat(100)}"`)
  expect(quoted('x'.repeat(101))).toBe(`"${'x'.repeat(99)}…"`)
  expect(quoted(Array.from({ length: 1_000 }, () => 1)).length).toBe(100)
})

test('a plain name stays as it is, any other is quoted', () => {
  expect(['users', 'a.b', 'x-y', 0].map(shownName)).toEqual(['users', 'a.b', 'x-y', '0'])
  expect(['', 'a b', 'a\nb'].map(shownName)).toEqual(['""', '"a b"', String.raw`"a\nb"`])
})

test('a message of one line has one, of several keeps them', () => {
  expect(oneLine('a\nb\tc')).toBe(String.raw`a\u000ab\u0009c`)
  expect(visible('a\n\tb\u001b\r')).toBe(`a\n\tb${String.raw`\u001b\u000d`}`)
  expect(problemAt([], 'is bad')).toBe('the file: is bad')
  expect(problemAt(['a', 'b c', 0], 'x\ny')).toBe(String.raw`a."b c".0: x\u000ay`)
})
