import { expect, test } from 'vitest'
import { countedText } from './query-counts.ts'

test.each([
  ['Wool Socks', 'wool socks'],
  ['  wool \n  SOCKS ', 'wool socks'],
  ['size 42', 'size 42'],
  ['SKU-1234', 'sku-1234'],
  ['x'.repeat(81), 'x'.repeat(80)],
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
])('%j is empty, or may name a person, and is not counted', (query) => {
  expect(countedText(query)).toBeNull()
})
