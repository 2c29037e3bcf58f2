// Tested in review-list.int.test.ts: its statements need a database.

import type { Page } from '@argyle/kit/connection'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'
import { ratingReads } from './rating-store.ts'
import type { Review } from './review.ts'
import { AUTHOR_SORT, QUEUE_SORT, type ReviewSort } from './review-sort.ts'

/** Reviews with their authors' names; `r` may be the table or a subquery. */
export const REVIEW_COLUMNS = Prisma.sql`
  r.id, r.product_id AS "productId", r.author_id AS "authorId", a.display_name AS "authorName",
  r.rating, r.title, r.body, r.status::text AS status, r.version, r.helpful_count AS "helpfulCount",
  r.created_at AS "createdAt", r.updated_at AS "updatedAt"`
export const WITH_AUTHOR = Prisma.sql`LEFT JOIN author a ON a.user_id = r.author_id`

/** The SQL of a page; an extra row shows whether another page follows. */
function pageOf(order: ReviewSort, { first, after }: Page) {
  return {
    behind: after ? Prisma.sql`AND ${order.behind(after)}` : Prisma.empty,
    tail: Prisma.sql`ORDER BY ${order.orderBy} LIMIT ${first + 1}`,
  }
}

/**
 * All reads. Each is one SQL statement for any number of ids. Its text is constant, so that it stays
 * prepared; an IN list would have a different text for each length.
 */
export function reviewReads(prisma: PrismaClient) {
  return {
    byIds: (ids: readonly string[]): Promise<Review[]> =>
      prisma.$queryRaw`SELECT ${REVIEW_COLUMNS} FROM review r ${WITH_AUTHOR} WHERE r.id = ANY(${ids})`,

    /** A page of the published reviews of each product, read from the index of its order. */
    ofProducts(productIds: readonly string[], order: ReviewSort, page: Page): Promise<Review[]> {
      const { behind, tail } = pageOf(order, page)
      return prisma.$queryRaw`
        SELECT ${REVIEW_COLUMNS} FROM unnest(${productIds}::text[]) AS wanted (product)
         CROSS JOIN LATERAL (SELECT * FROM review
           WHERE product_id = wanted.product AND status = 'PUBLISHED' ${behind} ${tail}) r
        ${WITH_AUTHOR} ORDER BY ${order.orderBy}`
    },

    /** A page of each author's reviews; pending and rejected ones only if `all`. */
    ofAuthors(authorIds: readonly string[], all: boolean, page: Page): Promise<Review[]> {
      const { behind, tail } = pageOf(AUTHOR_SORT, page)
      const seen = all ? Prisma.empty : Prisma.sql`AND status = 'PUBLISHED'`
      return prisma.$queryRaw`
        SELECT ${REVIEW_COLUMNS} FROM unnest(${authorIds}::text[]) AS wanted (author)
         CROSS JOIN LATERAL (SELECT * FROM review WHERE author_id = wanted.author ${seen} ${behind} ${tail}) r
        ${WITH_AUTHOR} ORDER BY ${AUTHOR_SORT.orderBy}`
    },

    countOfAuthors(
      authorIds: readonly string[],
      all: boolean,
    ): Promise<{ authorId: string; count: number }[]> {
      const seen = all ? Prisma.empty : Prisma.sql`AND status = 'PUBLISHED'`
      return prisma.$queryRaw`
        SELECT author_id AS "authorId", count(*)::int AS count FROM review
         WHERE author_id = ANY(${authorIds}) ${seen} GROUP BY author_id`
    },

    /** A page of the pending reviews. */
    pending(page: Page): Promise<Review[]> {
      const { behind, tail } = pageOf(QUEUE_SORT, page)
      return prisma.$queryRaw`
        SELECT ${REVIEW_COLUMNS} FROM (SELECT * FROM review WHERE status = 'PENDING' ${behind} ${tail}) r
        ${WITH_AUTHOR} ORDER BY ${QUEUE_SORT.orderBy}`
    },

    async countPending(): Promise<number> {
      // The status is a literal, since with a parameter PostgreSQL would not use the partial index: 270 ms
      // instead of 1 ms among 2 million reviews.
      const [row] = await prisma.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM review WHERE status = 'PENDING'`
      return row?.count ?? 0
    },

    ratings: ratingReads(prisma),

    /** The reviews among these that this customer found helpful. */
    votesOf: (customerId: string, reviewIds: readonly string[]): Promise<{ reviewId: string }[]> =>
      prisma.$queryRaw`
        SELECT review_id AS "reviewId" FROM helpful_vote
         WHERE customer_id = ${customerId} AND review_id = ANY(${reviewIds})`,
  }
}

export type ReviewReads = ReturnType<typeof reviewReads>
