import { idSchema } from '@argyle/kit/ids'
import { linesOfText, maybeLineOfText } from '@argyle/kit/text'
import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

const rating = z.literal([1, 2, 3, 4, 5])
const title = maybeLineOfText(120)
  .nullish()
  .transform((value) => value ?? null)
const body = linesOfText(5000)
const opinion = { rating, title, body }

const reviewId = idSchema('rev')
const version = { id: reviewId, expectedVersion: versionSchema }

/** Input schemas of the mutations. */
export const submitReviewInput = z
  .object({ idempotencyKey: idempotencyKeySchema, productId: idSchema('prd'), ...opinion })
  .transform(({ rating, title, body, ...rest }) => ({ ...rest, opinion: { rating, title, body } }))

export const updateReviewInput = z
  .object({ ...version, ...opinion })
  .transform(({ rating, title, body, ...rest }) => ({ ...rest, opinion: { rating, title, body } }))

export const deleteReviewInput = z.object(version)

export const markHelpfulInput = z.object({ reviewId, helpful: z.boolean() })

export const moderateReviewInput = z.object({ ...version, verdict: z.literal(['PUBLISH', 'REJECT']) })
