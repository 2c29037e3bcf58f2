import { idSchema } from '@argyle/kit/ids'
import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

/**
 * Line breaks and tabs are text, other control characters are not: PostgreSQL refuses U+0000, and half of a surrogate
 * pair has no UTF-8.
 */
function isText(value: string): boolean {
  return value.isWellFormed() && !/[^\P{Cc}\n\r\t]/u.test(value)
}

const text = z.string().trim().refine(isText, { error: 'text without control characters', abort: true })

const rating = z.literal([1, 2, 3, 4, 5])
const title = text
  .max(120)
  .nullish()
  .transform((value) => value || null)
const body = text.min(1).max(5000)
const opinion = { rating, title, body }

const reviewId = idSchema('rev')
const version = { id: reviewId, expectedVersion: versionSchema }

/** The inputs of the mutations, as the resolvers check them. */
export const submitReviewInput = z
  .object({ idempotencyKey: idempotencyKeySchema, productId: idSchema('prd'), ...opinion })
  .transform(({ rating, title, body, ...rest }) => ({ ...rest, opinion: { rating, title, body } }))

export const updateReviewInput = z
  .object({ ...version, ...opinion })
  .transform(({ rating, title, body, ...rest }) => ({ ...rest, opinion: { rating, title, body } }))

export const deleteReviewInput = z.object(version)

export const markHelpfulInput = z.object({ reviewId, helpful: z.boolean() })

export const moderateReviewInput = z.object({ ...version, verdict: z.literal(['PUBLISH', 'REJECT']) })
