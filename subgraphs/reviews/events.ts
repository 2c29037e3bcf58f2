import { unreachable } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import type { RatingSummary } from './rating.ts'
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

/** The published ratings of a product after a change, with null and zeros where none are left. */
export function ratingChanged(productId: string, version: number, summary: RatingSummary | null): NewEvent {
  const { average = null, count = 0, histogram = [0, 0, 0, 0, 0] } = summary ?? {}
  const data = { productId, average, count, histogram }
  return { type: 'reviews.rating.changed', subject: productId, sequence: version, data }
}
