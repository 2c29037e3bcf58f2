import { expect, test } from 'vitest'
import { ndcg, recall } from './quality.ts'

const relevant = new Set(['a', 'b', 'c'])

test.each([
  [['a', 'b', 'c'], 1, 1],
  [['x', 'y'], 0, 0],
  [['a', 'x', 'b', 'c', 'y'], (1 + 1 / 2 + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3) + 1 / 2), 1],
  [['a'], 1 / (1 + 1 / Math.log2(3) + 1 / 2), 1 / 3],
])('%j: nDCG %d, recall %d', (found, gain, share) => {
  expect(ndcg(found, relevant)).toBeCloseTo(gain, 10)
  expect(recall(found, relevant)).toBeCloseTo(share, 10)
})

test('more than ten relevant things: ten of them are as good as can be', () => {
  const many = Array.from({ length: 30 }, (_, place) => String(place))
  expect(ndcg(many.slice(5, 15), new Set(many))).toBe(1)
})
