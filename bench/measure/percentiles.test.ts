import { describe, expect, test } from 'vitest'
import { median, percentile } from './percentiles.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => count - index)

describe('percentile', () => {
  test.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('of 1 to 100, %f is %i', (share, value) => {
    expect(percentile(upTo(100), share)).toBe(value)
  })

  test('is always one of the values', () => {
    expect(percentile([7, 3], 0.5)).toBe(3)
    expect(percentile([7, 3], 0.51)).toBe(7)
    expect(percentile([4], 0.99)).toBe(4)
  })

  test('of nothing is no number', () => {
    expect(percentile([], 0.5)).toBeNaN()
  })
})

describe('median', () => {
  test.each([
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
    [[2], 2],
  ])('of %j is %d', (values, value) => {
    expect(median(values)).toBe(value)
  })

  test('leaves its values in their order', () => {
    const values = [3, 1, 2]
    median(values)
    percentile(values, 0.5)
    expect(values).toEqual([3, 1, 2])
  })

  test('of nothing is no number', () => {
    expect(median([])).toBeNaN()
  })
})
