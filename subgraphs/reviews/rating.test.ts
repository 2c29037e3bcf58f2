import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Histogram, histogramChange, summaryOf } from './rating.ts'
import type { Rating, Review, ReviewStatus } from './review.ts'
import { aReview } from './testing/a-review.ts'

const asOf = new Date('2026-11-21T12:00:00.000Z')

test.each<[string, Review | null, Review | null, Histogram | null]>([
  ['a published review adds its stars', null, aReview({ rating: 5 }), [0, 0, 0, 0, 1]],
  ['a pending review adds nothing', null, aReview({ status: 'PENDING' }), null],
  ['publishing adds', aReview({ status: 'PENDING', rating: 1 }), aReview({ rating: 1 }), [1, 0, 0, 0, 0]],
  ['rejecting changes nothing', aReview({ status: 'PENDING' }), aReview({ status: 'REJECTED' }), null],
  ['an edit moves the stars', aReview({ rating: 2 }), aReview({ rating: 4 }), [0, -1, 0, 1, 0]],
  ['an edit of the text changes nothing', aReview(), aReview({ body: 'Other words.' }), null],
  ['holding takes away', aReview({ rating: 3 }), aReview({ rating: 5, status: 'PENDING' }), [0, 0, -1, 0, 0]],
  ['deleting takes away', aReview({ rating: 3 }), null, [0, 0, -1, 0, 0]],
  ['deleting a rejected one changes nothing', aReview({ status: 'REJECTED' }), null, null],
])('%s', (_, before, after, expected) => {
  expect(histogramChange(before, after)).toEqual(expected)
})

test('the changes of any history add up to a recount', () => {
  const rating = fc.constantFrom<Rating>(1, 2, 3, 4, 5)
  const status = fc.constantFrom<ReviewStatus>('PENDING', 'PUBLISHED', 'REJECTED')
  const state = fc.option(fc.record({ rating, status }).map((but) => aReview(but)))
  fc.assert(
    fc.property(fc.array(state, { maxLength: 30 }), (history) => {
      const sums = [0, 0, 0, 0, 0]
      let before: Review | null = null
      for (const after of history) {
        histogramChange(before, after)?.forEach((delta, index) => {
          sums[index] = (sums[index] ?? 0) + delta
        })
        before = after
      }
      const last = before as Review | null // assigned in the loop, which the compiler does not follow
      const recount = [1, 2, 3, 4, 5].map((s) => (last?.status === 'PUBLISHED' && last.rating === s ? 1 : 0))
      expect(sums).toEqual(recount)
    }),
  )
})

test('count and average follow from the histogram', () => {
  expect(summaryOf([1, 0, 0, 0, 2], asOf)).toEqual({
    average: 11 / 3,
    count: 3,
    histogram: [1, 0, 0, 0, 2],
    asOf,
  })
})

test('without ratings the summary is null, not an average of zero', () => {
  expect(summaryOf([0, 0, 0, 0, 0], asOf)).toBeNull()
})
