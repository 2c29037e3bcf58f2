import { expect, test } from 'vitest'
import { backoffMs, pendingMs } from './gateway-calls.ts'

test('a call is repeated after twice as long each time, at last every minute', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map(backoffMs)
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
})

test('a pending refund is read again after twice as long each time, at last every hour', () => {
  const pauses = [1, 2, 3, 7, 8, 50].map(pendingMs)
  expect(pauses).toEqual([30_000, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000])
})
