import { expect, test } from 'vitest'
import { foreignText } from './foreign-text.ts'

test.each([
  ['Paris', 'Paris'],
  ['  Left with\r\n a neighbour ', 'Left with a neighbour'],
  ['Rot\u0000ter\u0007dam', 'Rot ter dam'],
  ['a\u202Eb\u2028c', 'a b c'],
  ['lone \uD800 surrogate', 'lone surrogate'],
  ['u\u0308ber', 'über'],
  ['\u0000', ''],
])('%j is kept as %j', (text, kept) => {
  expect(foreignText(text, 30)).toBe(kept)
})

test.each([
  ['0123456789', '0123456789'],
  ['0123456789A', '0123456789'],
  ['🧦'.repeat(11), '🧦'.repeat(10)],
  ['012345678 A', '012345678'],
  ['x'.repeat(1_000_000), 'x'.repeat(10)],
])('%j is cut to 10 characters', (text, kept) => {
  expect(foreignText(text, 10)).toBe(kept)
})
