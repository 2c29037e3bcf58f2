import { expect, test } from 'vitest'
import { backoffMs } from './gateway-calls.ts'

test('a call is repeated after twice as long each time, at last every minute', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map(backoffMs)
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
})
