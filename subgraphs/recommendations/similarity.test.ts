import { expect, test } from 'vitest'
import { best, logLikelihoodRatio, similarity, tableOf } from './similarity.ts'

test.each([
  [1, 0, 0, 1, 2.7726],
  [10, 0, 0, 10, 27.7259],
  [5, 1_995, 0, 100_000, 39.3305],
  [1_000, 1_995, 1_000, 100_000, 4_730.737],
  [1_000, 1_000, 1_000, 100_000, 5_734.343],
])(
  'the ratio of %d, %d, %d, %d is %d, as in other implementations',
  (both, firstOnly, secondOnly, neither, ratio) => {
    expect(logLikelihoodRatio({ both, firstOnly, secondOnly, neither })).toBeCloseTo(ratio, 3)
  },
)

test('is that of the definition: twice the sum of observed × log(observed / expected)', () => {
  const table = { both: 7, firstOnly: 13, secondOnly: 21, neither: 159 }
  const all = 200
  const expected = {
    both: (20 * 28) / all,
    firstOnly: (20 * 172) / all,
    secondOnly: (180 * 28) / all,
    neither: (180 * 172) / all,
  }
  const cells = ['both', 'firstOnly', 'secondOnly', 'neither'] as const
  const ratio = 2 * cells.reduce((sum, cell) => sum + table[cell] * Math.log(table[cell] / expected[cell]), 0)
  expect(logLikelihoodRatio(table)).toBeCloseTo(ratio, 9)
})

test('independent products have no ratio, nor have products that nobody has', () => {
  expect(logLikelihoodRatio({ both: 2, firstOnly: 8, secondOnly: 18, neither: 72 })).toBeCloseTo(0, 9)
  expect(logLikelihoodRatio({ both: 0, firstOnly: 0, secondOnly: 0, neither: 0 })).toBe(0)
})

test('evidence grows with its amount, and is the same from either side', () => {
  const some = { both: 3, first: 5, second: 9, all: 100 }
  const more = { both: 6, first: 10, second: 18, all: 200 }
  expect(similarity(more)).toBeCloseTo(Math.SQRT2 * similarity(some), 9)
  expect(similarity({ ...some, first: 9, second: 5 })).toBeCloseTo(similarity(some), 9)
})

test('products that avoid each other are not similar, however sure that is', () => {
  expect(similarity({ both: 1, first: 500, second: 500, all: 1_000 })).toBe(0)
  expect(similarity({ both: 0, first: 0, second: 0, all: 0 })).toBe(0)
})

test('a table of samples has no negative counts', () => {
  expect(tableOf({ both: 5, first: 4, second: 3, all: 2 })).toEqual({
    both: 5,
    firstOnly: 0,
    secondOnly: 0,
    neither: 0,
  })
  expect(tableOf({ both: 2, first: 5, second: 4, all: 10 })).toEqual({
    both: 2,
    firstOnly: 3,
    secondOnly: 2,
    neither: 3,
  })
})

test('the best come first, equal ones by id, those without a score not at all', () => {
  const scored = [
    { id: 'd', score: 0 },
    { id: 'c', score: 1 },
    { id: 'a', score: 1 },
    { id: 'b', score: 2 },
  ]
  expect(best(scored, 2).map(({ id }) => id)).toEqual(['b', 'a'])
  expect(best(scored, 9).map(({ id }) => id)).toEqual(['b', 'a', 'c'])
})
