import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = new Date('2026-11-28T09:30:00.000Z')

test.each([
  [null, undefined],
  ['120', 120_000],
  ['0', 0],
  ['Sat, 28 Nov 2026 09:31:00 GMT', 60_000],
  ['Sat, 28 Nov 2026 09:29:00 GMT', 0],
  ['soon', undefined],
  // `Date.parse` reads it as a year.
  ['-1', 0],
])('%s', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms)
})
