import { newId } from '@argyle/kit/ids'
import type { Review } from '../review.ts'

/** A complete, published review with default values, except for these fields. */
export function aReview(but: Partial<Review> = {}): Review {
  return {
    id: newId('rev'),
    productId: newId('prd'),
    authorId: newId('usr'),
    authorName: 'Ada',
    rating: 4,
    title: 'Warm',
    body: 'Warm all winter, and they keep their shape.',
    status: 'PUBLISHED',
    version: 1,
    helpfulCount: 0,
    createdAt: new Date('2026-11-01T08:00:00.000Z'),
    updatedAt: new Date('2026-11-01T08:00:00.000Z'),
    ...but,
  }
}
