import { type Connection, connectionOf, type Page, pageArgs } from '@argyle/kit/connection'
import type { Viewer } from '@argyle/kit/identity'
import type { ReviewLoaders } from './loaders.ts'
import { maySeeAllOf, type Review } from './review.ts'
import type { ReviewReads } from './review-reads.ts'
import {
  AUTHOR_SORT,
  PRODUCT_SORTS,
  QUEUE_SORT,
  type ReviewSort,
  type ReviewSortName,
} from './review-sort.ts'

/** The parts of a GraphQL ReviewConnection. The total is counted only if it is selected. */
export type ReviewList = Connection<Review> & { readonly count: () => Promise<number> }

type PageArgs = { first?: number | null; after?: string | null }

function listOf(
  rows: readonly Review[],
  order: ReviewSort,
  page: Page,
  count: () => Promise<number>,
): ReviewList {
  return { ...connectionOf(rows, page, { sort: order.name, cursorOf: order.cursorOf }), count }
}

/** The published reviews of a product; the total comes from its rating. */
export async function reviewsOfProduct(
  productId: string,
  { sort, ...args }: PageArgs & { sort?: ReviewSortName | null },
  load: ReviewLoaders,
): Promise<ReviewList> {
  const order = PRODUCT_SORTS[sort ?? 'HELPFUL']
  const page = pageArgs(args, { sort: order.name, first: 10 })
  const rows = await load.reviewsByProductId({ sort: order.name, page }).load(productId)
  return listOf(rows, order, page, async () => {
    const rating = await load.ratingByProductId.load(productId)
    return rating?.summary?.count ?? 0
  })
}

/** A user's reviews, as far as the viewer may see them. */
export async function reviewsOfAuthor(
  authorId: string,
  args: PageArgs,
  load: ReviewLoaders,
  viewer: Viewer,
): Promise<ReviewList> {
  const page = pageArgs(args, { sort: AUTHOR_SORT.name, first: 10 })
  const all = maySeeAllOf(viewer, authorId)
  const rows = await load.reviewsByAuthorId({ all, page }).load(authorId)
  return listOf(rows, AUTHOR_SORT, page, async () => {
    const counted = await load.reviewCountByAuthorId({ all }).load(authorId)
    return counted?.count ?? 0
  })
}

/** The moderation queue. */
export async function pendingReviews(args: PageArgs, reads: ReviewReads): Promise<ReviewList> {
  const page = pageArgs(args, { sort: QUEUE_SORT.name, first: 20 })
  return listOf(await reads.pending(page), QUEUE_SORT, page, reads.countPending)
}
