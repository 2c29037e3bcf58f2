import type { Page } from '@argyle/kit/connection'
import type { Viewer } from '@argyle/kit/identity'
import { loadersByArgs, loadMany, loadOne } from '@argyle/kit/loader'
import type { ReviewReads } from './review-reads.ts'
import { PRODUCT_SORTS, type ReviewSortName } from './review-sort.ts'

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function reviewLoaders(reads: ReviewReads, viewer: Viewer) {
  return {
    reviewById: loadOne(reads.byIds, (review) => review.id),

    ratingByProductId: loadOne(reads.ratings, (rating) => rating.productId),

    reviewsByProductId: loadersByArgs(({ sort, page }: { sort: ReviewSortName; page: Page }) =>
      loadMany(
        (ids: readonly string[]) => reads.ofProducts(ids, PRODUCT_SORTS[sort], page),
        (review) => review.productId,
      ),
    ),

    reviewsByAuthorId: loadersByArgs(({ all, page }: { all: boolean; page: Page }) =>
      loadMany(
        (ids: readonly string[]) => reads.ofAuthors(ids, all, page),
        (review) => review.authorId,
      ),
    ),

    reviewCountByAuthorId: loadersByArgs(({ all }: { all: boolean }) =>
      loadOne(
        (ids: readonly string[]) => reads.countOfAuthors(ids, all),
        (row) => row.authorId,
      ),
    ),

    voteByReviewId: loadOne(
      async (ids: readonly string[]) => (viewer.kind === 'user' ? reads.votesOf(viewer.id, ids) : []),
      (vote) => vote.reviewId,
    ),
  }
}

export type ReviewLoaders = ReturnType<typeof reviewLoaders>
