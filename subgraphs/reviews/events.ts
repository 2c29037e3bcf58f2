import { unreachable } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import type { Review } from './review.ts'

/**
 * The events of a review that was submitted, edited or moderated. A published review that stays published
 * after an edit is published again with its new rating; consumers keep the event with the highest sequence.
 */
export function eventsOf(review: Review): NewEvent[] {
  const { id, productId, authorId, rating, status, version } = review
  const about = { subject: id, sequence: version }
  const data = { reviewId: id, productId, authorId }
  switch (status) {
    case 'PUBLISHED':
      return [{ type: 'reviews.review.published', ...about, data: { ...data, rating } }]
    case 'REJECTED':
      return [{ type: 'reviews.review.rejected', ...about, data }]
    case 'PENDING':
      return []
    default:
      return unreachable(status)
  }
}
