import type { Rating, Review } from './review.ts'

/** Number of published reviews with 1, 2, 3, 4 and 5 stars. */
export type Histogram = readonly [number, number, number, number, number]

export type RatingSummary = {
  readonly average: number
  readonly count: number
  readonly histogram: Histogram
  readonly asOf: Date
}

/** The number of stars that a review adds to its class in the histogram: 1 if it is published, else 0. */
function weight(review: Review | null, stars: Rating): number {
  return review?.status === 'PUBLISHED' && review.rating === stars ? 1 : 0
}

/**
 * The change to the histogram; null if there is none.
 * @param before null for a new review
 * @param after null for a deleted review
 */
export function histogramChange(before: Review | null, after: Review | null): Histogram | null {
  const change = (stars: Rating) => weight(after, stars) - weight(before, stars)
  const histogram: Histogram = [change(1), change(2), change(3), change(4), change(5)]
  return histogram.some((delta) => delta !== 0) ? histogram : null
}

/** The summary of a histogram, from exact sums; null without ratings. */
export function summaryOf(histogram: Histogram, asOf: Date): RatingSummary | null {
  const count = histogram.reduce((sum, reviews) => sum + reviews, 0)
  const stars = histogram.reduce((sum, reviews, index) => sum + reviews * (index + 1), 0)
  return count === 0 ? null : { average: stars / count, count, histogram, asOf }
}
