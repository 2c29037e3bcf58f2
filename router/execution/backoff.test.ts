import { expect, test } from 'vitest'
import { newPatience } from './backoff.ts'

test('after each failure twice as many runs are skipped, at most 1,024; after a success one again', () => {
  const patience = newPatience()
  /** The number of runs that are skipped before the next attempt. */
  const skipped = () => {
    let count = 0
    while (!patience.isLeft()) count++
    return count
  }
  expect(skipped()).toBe(0)
  const counts = Array.from({ length: 13 }, () => {
    patience.lose()
    return skipped()
  })
  expect(counts).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 1_024, 1_024])
  expect(skipped()).toBe(0)
  patience.gain()
  patience.lose()
  expect(skipped()).toBe(1)
})
