import { expect, test } from 'vitest'
import { countryCodeSchema, postalCodeSchema, prefixesOf } from './destination.ts'

test.each([
  ['75 001', '75001'],
  ['sw1a-1aa', 'SW1A1AA'],
  [' 9 ', '9'],
])('the postal code %j is read as %s', (text, postal) => {
  expect(postalCodeSchema.parse(text)).toBe(postal)
})

test.each(['-75001', '75001-', '--', '75.001'])(
  'the postal code %j does not begin and end with a letter or digit, or has another character',
  (text) => {
    expect(postalCodeSchema.safeParse(text).error?.issues).toMatchObject([
      { message: 'letters, digits, spaces and hyphens' },
    ])
  },
)

test.each(['F', 'F1', 'FRA', 'É1'])('the country code %j is refused', (text) => {
  expect(countryCodeSchema.safeParse(text).success).toBe(false)
})

test('the prefixes of a postal code are the longest first, down to none', () => {
  expect(prefixesOf('750')).toEqual(['750', '75', '7', ''])
  expect(prefixesOf('')).toEqual([''])
})
