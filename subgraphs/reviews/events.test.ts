import { expect, test } from 'vitest'
import { eventsOf, ratingChanged } from './events.ts'
import type { Review } from './review.ts'

const REVIEW: Review = {
  ...{ id: 'rev_1', productId: 'prd_1', authorId: 'usr_1', authorName: 'Ada' },
  ...{ rating: 3, title: 'Warm', body: 'Soft.', status: 'PUBLISHED', version: 5, helpfulCount: 2 },
  createdAt: new Date('2026-11-20T09:00:00Z'),
  updatedAt: new Date('2026-11-21T09:00:00Z'),
}
const DATA = { reviewId: 'rev_1', productId: 'prd_1', authorId: 'usr_1' }

test.each([
  ['PUBLISHED', [{ type: 'reviews.review.published', data: { ...DATA, rating: 3 } }]],
  ['REJECTED', [{ type: 'reviews.review.rejected', data: DATA }]],
  ['PENDING', []],
] as const)('a review that is %s is published with its values', (status, published) => {
  const about = { subject: 'rev_1', sequence: 5 }
  expect(eventsOf({ ...REVIEW, status })).toEqual(published.map((event) => ({ ...about, ...event })))
})

test('a rating is published with its values, and with zeros where no review is left', () => {
  const asOf = new Date('2026-11-21T09:00:00Z')
  const about = { type: 'reviews.rating.changed', subject: 'prd_1', sequence: 9 }
  expect(ratingChanged('prd_1', 9, { average: 2.5, count: 2, histogram: [0, 1, 1, 0, 0], asOf })).toEqual({
    ...about,
    data: { productId: 'prd_1', average: 2.5, count: 2, histogram: [0, 1, 1, 0, 0] },
  })
  expect(ratingChanged('prd_1', 9, null)).toEqual({
    ...about,
    data: { productId: 'prd_1', average: null, count: 0, histogram: [0, 0, 0, 0, 0] },
  })
})
