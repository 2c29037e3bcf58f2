import { expect, test } from 'vitest'
import { type Latencies, percentile, pooled, record } from './latencies.ts'

function of(...milliseconds: number[]): Latencies {
  const latencies: Latencies = []
  for (const value of milliseconds) record(latencies, value)
  return latencies
}

test('percentiles are right within two per cent', () => {
  const hundred = of(...Array.from({ length: 100 }, (_, index) => index + 1))
  for (const [share, right] of [
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
  ] as const) {
    expect(Math.abs(percentile(hundred, share) / right - 1)).toBeLessThan(0.02)
  }
})

test('rounds are pooled by their counts', () => {
  const sum = pooled([of(1, 1, 1), of(100), []])
  expect(percentile(sum, 0.75)).toBeCloseTo(1, 1)
  expect(percentile(sum, 0.76)).toBeGreaterThan(98)
})

test('nothing has no percentile', () => {
  expect(percentile([], 0.5)).toBeNaN()
})
