// Tested in review-life.int.test.ts: the test runs operations.

import { pageArgs } from '@argyle/kit/connection'
import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { requireUser } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { validate } from '@argyle/kit/user-errors'
import type { Resolvers } from './generated/resolvers.ts'
import { holdReasons } from './hold-reasons.ts'
import { maySee, remove } from './review.ts'
import {
  deleteReviewInput,
  markHelpfulInput,
  moderateReviewInput,
  submitReviewInput,
  updateReviewInput,
} from './review-input.ts'
import { pendingReviews, reviewsOfAuthor, reviewsOfProduct } from './review-list.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  Query: {
    async review(_, { id }, { load, viewer }) {
      const review = await load.reviewById.load(readId('id', 'rev', id))
      return review && maySee(viewer, review) ? review : null
    },
    reviewsToModerate: (_, args, { reads }) => pendingReviews(args, reads),
    reviewsAudit: (_, args, { audit }) => audit.page(pageArgs(args), args.subjectId ?? null),
  },

  Mutation: {
    async submitReview(_, args, { reviews, viewer, load }) {
      const input = validate(submitReviewInput, args.input)
      if (!input.ok) return payload('review', input)
      const decision = await reviews.submit(requireUser(viewer).id, input.value)
      return payload('review', await loadAccepted(decision, (id) => load.reviewById.load(id)))
    },

    async updateReview(_, args, { reviews, viewer }) {
      const input = validate(updateReviewInput, args.input)
      if (!input.ok) return payload('review', input)
      const change = { ...input.value, authorId: requireUser(viewer).id }
      return payload('review', await reviews.edit(change.id, change))
    },

    async deleteReview(_, args, { reviews, viewer }) {
      const input = validate(deleteReviewInput, args.input)
      if (!input.ok) return { deletedReviewId: null, ...payload('product', input) }
      const change = { ...input.value, authorId: requireUser(viewer).id }
      const decision = await reviews.remove(change.id, (review) => remove(review, change))
      if (!decision.ok) return { deletedReviewId: null, ...payload('product', decision) }
      const { id, productId } = decision.value
      return { deletedReviewId: id, product: { id: productId }, userErrors: [] }
    },

    async markHelpful(_, args, { reviews, viewer }) {
      const input = validate(markHelpfulInput, args.input)
      if (!input.ok) return payload('review', input)
      const { reviewId, helpful } = input.value
      return payload('review', await reviews.vote(reviewId, requireUser(viewer).id, helpful))
    },

    async moderateReview(_, args, { reviews, viewer }) {
      const input = validate(moderateReviewInput, args.input)
      if (!input.ok) return payload('review', input)
      return payload('review', await reviews.moderate(requireUser(viewer).id, input.value))
    },
  },

  Product: {
    __resolveReference: ({ id }) => (isId('prd', id) ? { id } : null),
    rating: async ({ id }, _, { load }) => (await load.ratingByProductId.load(id))?.summary ?? null,
    reviews: ({ id }, args, { load }) => reviewsOfProduct(id, args, load),
  },

  User: {
    __resolveReference: ({ id }) => (isId('usr', id) ? { id, displayName: null } : null),
    reviews: ({ id }, args, { load, viewer }) => reviewsOfAuthor(id, args, load, viewer),
  },

  Review: {
    async __resolveReference({ id }, { load, viewer }) {
      const review = isId('rev', id) ? await load.reviewById.load(id) : null
      return review && maySee(viewer, review) ? review : null
    },
    author: ({ authorId, authorName }) => ({ id: authorId, displayName: authorName }),
    product: ({ productId }) => ({ id: productId }),
    holdReasons: (review) => holdReasons(review),
    viewerHasVotedHelpful: async ({ id }, _, { load }) => (await load.voteByReviewId.load(id)) !== null,
  },

  ReviewConnection: {
    totalCount: ({ count }) => count(),
  },
}
