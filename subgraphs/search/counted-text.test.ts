import { expect, test } from 'vitest'
import { countedText } from './counted-text.ts'

test.each([
  ['Wool Socks', 'wool socks'],
  ['  wool \n  SOCKS ', 'wool socks'],
  ['size 42', 'size 42'],
  ['SKU-1234', 'sku-1234'],
  ['123456', '123456'],
  ['x'.repeat(81), 'x'.repeat(80)],
  ['🧦'.repeat(81), '🧦'.repeat(80)],
  // The lower case of İ has two characters.
  ['İ'.repeat(40), 'i̇'.repeat(40)],
  ['İ'.repeat(41), 'i̇'.repeat(40)],
  [`${'x'.repeat(79)} y`, 'x'.repeat(79)],
])('%j is counted as %j', (query, text) => {
  expect(countedText(query)).toBe(text)
})

test.each([
  '',
  '   ',
  'ada@argyle.example',
  '+44 20 7946 0958',
  '4111-1111-1111-1111',
  '1234567',
  'https://x',
  'www.x.example',
  // A card number that the cut would shorten.
  `${'x'.repeat(75)} 4111 1111 1111 1111`,
])('%j is empty, or may identify a person, and is not counted', (query) => {
  expect(countedText(query)).toBeNull()
})
