import { expect, test } from 'vitest'
import { differenceOf } from './proportions.ts'

const sample = (successes: number, trials: number) => ({ successes, trials })

/** Newcombe 1998, table II, method 10. */
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [10, 10, 0, 20, 0.6791, 1],
  [10, 10, 0, 10, 0.6075, 1],
])('%i/%i - %i/%i', (a, m, b, n, low, high) => {
  const found = differenceOf(sample(a, m), sample(b, n))
  expect(found?.difference).toBeCloseTo(a / m - b / n, 12)
  expect(found?.low).toBeCloseTo(low, 4)
  expect(found?.high).toBeCloseTo(high, 4)
})

test('exchanged samples have the opposite interval', () => {
  const [one, two] = [differenceOf(sample(7, 30), sample(2, 40)), differenceOf(sample(2, 40), sample(7, 30))]
  expect(one?.low).toBeCloseTo(-(two?.high ?? 0), 12)
  expect(one?.high).toBeCloseTo(-(two?.low ?? 0), 12)
})

test('of an empty sample nothing is known', () => {
  expect(differenceOf(sample(0, 0), sample(1, 2))).toBeNull()
  expect(differenceOf(sample(1, 2), sample(0, 0))).toBeNull()
})
