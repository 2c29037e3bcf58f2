import { expect, test } from 'vitest'
import { isCountryCode } from './country.ts'

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const PAIRS = LETTERS.flatMap((first) => LETTERS.map((second) => first + second))

test('249 codes are assigned, each of which has a name', () => {
  const codes = PAIRS.filter(isCountryCode)
  expect(codes).toHaveLength(249)
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  expect(codes.filter((code) => names.of(code) === undefined)).toEqual([])
})

test.each(['EU', 'UN', 'ZZ', 'XK', 'AN', 'UK', 'de', 'DEU', '', 'D'])('%j is none', (code) => {
  expect(isCountryCode(code)).toBe(false)
})
