import { expect, test } from 'vitest'
import { shortened } from './shortened.ts'

test.each([
  ['', 3, ''],
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['a😀', 3, 'a😀'],
  ['a😀b', 3, 'a…'],
  ['ab😀', 3, 'ab…'],
])('%j within %d is %j', (text, length, expected) => {
  expect(shortened(text, length)).toBe(expected)
})
