import { accept, type Decision, refuse, unreachable } from '@argyle/kit/decision'
import { hasScope, isSelf, type Viewer } from '@argyle/kit/identity'
import {
  notFound,
  type UserError,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import { holdReasons } from './hold-reasons.ts'

export type ReviewStatus = 'PENDING' | 'PUBLISHED' | 'REJECTED'
export type Rating = 1 | 2 | 3 | 4 | 5

/** The author's part of a review, which an edit replaces as a whole. */
export type Opinion = {
  readonly rating: Rating
  readonly title: string | null
  readonly body: string
}

export type Review = Opinion & {
  readonly id: string
  readonly productId: string
  readonly authorId: string
  /** A copy of the author's name from users; null until it has arrived. */
  readonly authorName: string | null
  readonly status: ReviewStatus
  readonly version: number
  readonly helpfulCount: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type AlreadyReviewedError = UserError & {
  readonly __typename: 'AlreadyReviewedError'
  readonly existing: Review
}

export type NotPendingError = UserError & {
  readonly __typename: 'NotPendingError'
  readonly status: ReviewStatus
}

/**
 * Publishes a new or edited text at once unless there is a reason to hold it.
 * @param isWatched true if a moderator has taken down a review of the author about the product
 */
function judge({ title, body }: Opinion, isWatched: boolean): ReviewStatus {
  return isWatched || holdReasons({ title, body }).length > 0 ? 'PENDING' : 'PUBLISHED'
}

/** A new review of an existing product. The database ensures that it is the author's only one. */
export function submit(
  ids: { id: string; productId: string; authorId: string },
  opinion: Opinion,
  { now, isWatched }: { now: Date; isWatched: boolean },
): Review {
  const fresh = { authorName: null, version: 1, helpfulCount: 0, createdAt: now, updatedAt: now }
  return { ...ids, ...opinion, ...fresh, status: judge(opinion, isWatched) }
}

/** Another author's review is refused as if it did not exist. */
function ownedBy(
  review: Review,
  authorId: string,
  expectedVersion: number,
): Decision<Review, ValidationError | VersionConflictError> {
  if (review.authorId !== authorId) return refuse(noSuchReview(review.id))
  if (review.version !== expectedVersion) return refuse(versionConflict(expectedVersion, review.version))
  return accept(review)
}

export type Edit = {
  readonly authorId: string
  readonly expectedVersion: number
  readonly opinion: Opinion
}

/** Replaces the author's opinion. The new text is judged regardless of the old one's status. */
export function edit(
  review: Review,
  change: Edit,
  { now, isWatched }: { now: Date; isWatched: boolean },
): Decision<Review, ValidationError | VersionConflictError> {
  const owned = ownedBy(review, change.authorId, change.expectedVersion)
  if (!owned.ok) return owned
  const status = judge(change.opinion, isWatched)
  return accept({ ...review, ...change.opinion, status, version: review.version + 1, updatedAt: now })
}

/** Accepts a review that may be deleted. */
export function remove(
  review: Review,
  change: { authorId: string; expectedVersion: number },
): Decision<Review, ValidationError | VersionConflictError> {
  return ownedBy(review, change.authorId, change.expectedVersion)
}

/**
 * Publishes or rejects a pending review, takes down a published one, or publishes a rejected one after all.
 * `expectedVersion` is the version that the moderator has read; without it, a text edited in the meantime could be
 * published unread.
 */
export function moderate(
  review: Review,
  change: { verdict: 'PUBLISH' | 'REJECT'; expectedVersion: number },
  now: Date,
): Decision<Review, NotPendingError | VersionConflictError> {
  const isDecided = review.status === (change.verdict === 'PUBLISH' ? 'PUBLISHED' : 'REJECTED')
  if (isDecided) return refuse(notPending(review))
  if (review.version !== change.expectedVersion)
    return refuse(versionConflict(change.expectedVersion, review.version))
  const decided = { ...review, version: review.version + 1, updatedAt: now }
  switch (change.verdict) {
    case 'PUBLISH':
      return accept({ ...decided, status: 'PUBLISHED' })
    case 'REJECT':
      return accept({ ...decided, status: 'REJECTED' })
    default:
      return unreachable(change.verdict)
  }
}

/** Accepts a review that this customer may vote for: a published one by somebody else. */
export function voteFor(review: Review, customerId: string): Decision<Review, ValidationError> {
  if (review.status !== 'PUBLISHED') return refuse(noSuchReview(review.id, ['reviewId']))
  if (review.authorId !== customerId) return accept(review)
  const message = `reviewId is "${review.id}", your own review: allowed is a review by another customer`
  return refuse(validationError(message, ['reviewId']))
}

/** Everyone sees published reviews; only the author and moderators see the others. */
export function maySee(viewer: Viewer, { status, authorId }: Review): boolean {
  return status === 'PUBLISHED' || maySeeAllOf(viewer, authorId)
}

/** Whether the viewer also sees this author's pending and rejected reviews. */
export function maySeeAllOf(viewer: Viewer, authorId: string): boolean {
  return isSelf(viewer, authorId) || hasScope(viewer, 'reviews:moderate')
}

export function noSuchReview(id: string, path: string[] = ['id']): ValidationError {
  return notFound('review', id, path)
}

export function alreadyReviewed(existing: Review): AlreadyReviewedError {
  const message = `you have reviewed product "${existing.productId}": allowed is one review, which you may edit`
  return { __typename: 'AlreadyReviewedError', message, path: ['productId'], existing }
}

function notPending({ id, status }: Review): NotPendingError {
  const other = status === 'PUBLISHED' ? 'REJECT' : 'PUBLISH'
  const message = `review "${id}" is ${status} already: allowed is the verdict ${other}`
  return { __typename: 'NotPendingError', message, path: ['id'], status }
}
