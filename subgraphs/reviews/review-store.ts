// Tested in review-life.int.test.ts: its transactions need a database.

import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import { type IdempotencyKeyReusedError, notFound, type ValidationError } from '@argyle/kit/user-errors'
import { eventsOf } from './events.ts'
import type { Prisma, PrismaClient } from './generated/prisma/client.ts'
import { countRating } from './rating-store.ts'
import {
  type AlreadyReviewedError,
  alreadyReviewed,
  type Edit,
  edit,
  moderate,
  noSuchReview,
  type Opinion,
  type Review,
  submit,
  voteFor,
} from './review.ts'
import { REVIEW_COLUMNS, WITH_AUTHOR } from './review-reads.ts'

type Tx = Prisma.TransactionClient

export type NewReview = {
  readonly idempotencyKey: string
  readonly productId: string
  readonly opinion: Opinion
}

type Decide<E> = (review: Review, now: Date) => Decision<Review, E>
type Moderation = Parameters<typeof moderate>[1] & { readonly id: string }

export type SubmitError = AlreadyReviewedError | IdempotencyKeyReusedError | ValidationError

/** Every change locks the review first, then the product's summary: one lock order, so no deadlock. */
async function lockReview(tx: Tx, id: string): Promise<Review | undefined> {
  const [review] = await tx.$queryRaw<Review[]>`
    SELECT ${REVIEW_COLUMNS} FROM review r ${WITH_AUTHOR} WHERE r.id = ${id} FOR UPDATE OF r`
  return review
}

async function insert(tx: Tx, { authorName: _, ...row }: Review): Promise<boolean> {
  const { count } = await tx.review.createMany({ data: [row], skipDuplicates: true })
  return count === 1
}

async function update(
  tx: Tx,
  { id, rating, title, body, status, version, updatedAt }: Review,
): Promise<void> {
  await tx.review.updateMany({ where: { id }, data: { rating, title, body, status, version, updatedAt } })
}

async function isKnown(tx: Tx, productId: string): Promise<boolean> {
  const product = await tx.knownProduct.findFirst({ where: { productId, status: { not: 'DRAFT' } } })
  return product !== null
}

/** Whether a moderator has taken down a review of the author about the product. */
async function isWatched(
  tx: Tx,
  { productId, authorId }: Pick<Review, 'productId' | 'authorId'>,
): Promise<boolean> {
  return (await tx.watchedAuthor.findFirst({ where: { productId, authorId } })) !== null
}

/** Watches an author whose published review is taken down, until a moderator publishes one. */
async function watch(tx: Tx, before: Review, { productId, authorId, status }: Review): Promise<void> {
  if (status === 'PUBLISHED') await tx.watchedAuthor.deleteMany({ where: { productId, authorId } })
  else if (before.status === 'PUBLISHED')
    await tx.watchedAuthor.createMany({ data: [{ productId, authorId }], skipDuplicates: true })
}

async function findOf(tx: Tx, { productId, authorId }: Review): Promise<Review | undefined> {
  const [review] = await tx.$queryRaw<Review[]>`
    SELECT ${REVIEW_COLUMNS} FROM review r ${WITH_AUTHOR}
     WHERE r.product_id = ${productId} AND r.author_id = ${authorId}`
  return review
}

/**
 * The transactions: lock, load, decide, save. A review, its rating summary and the outbox change together.
 */
export function reviewStore(prisma: PrismaClient, clock: Clock) {
  /** Runs `work` while the review is locked. */
  function withReview<T, E>(
    id: string,
    work: (tx: Tx, review: Review) => Promise<Decision<T, E>>,
    missing: ValidationError = noSuchReview(id),
  ): Promise<Decision<T, E | ValidationError>> {
    return prisma.$transaction(async (tx) => {
      const review = await lockReview(tx, id)
      return review ? work(tx, review) : refuse(missing)
    })
  }

  async function save<E>(tx: Tx, before: Review, decide: Decide<E>): Promise<Decision<Review, E>> {
    const now = clock()
    const decision = decide(before, now)
    if (!decision.ok) return decision
    await update(tx, decision.value)
    await countRating(tx, before, decision.value, now)
    await appendEvents(tx, eventsOf(decision.value))
    return decision
  }

  async function enter(
    tx: Tx,
    authorId: string,
    { productId, opinion }: NewReview,
  ): Promise<Decision<string, SubmitError>> {
    if (!(await isKnown(tx, productId))) return refuse(notFound('product', productId, ['productId']))
    const now = clock()
    const about = { productId, authorId }
    const circumstances = { now, isWatched: await isWatched(tx, about) }
    const review = submit({ id: newId('rev'), ...about }, opinion, circumstances)
    while (!(await insert(tx, review))) {
      const existing = await findOf(tx, review)
      if (existing) return refuse(alreadyReviewed(existing))
      // The conflicting review was deleted in the meantime.
    }
    await countRating(tx, null, review, now)
    await appendEvents(tx, eventsOf(review))
    return accept(review.id)
  }

  return {
    /** Submits a new review, once per idempotency key. Accepts its id. */
    submit(authorId: string, request: NewReview): Promise<Decision<string, SubmitError>> {
      const claim = { principal: authorId, mutation: 'submitReview', key: request.idempotencyKey, request }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => enter(tx, authorId, request)))
    },

    /** Replaces the author's opinion. */
    edit(id: string, change: Edit) {
      return withReview(id, async (tx, before) => {
        const watched = await isWatched(tx, before)
        return save(tx, before, (review, now) => edit(review, change, { now, isWatched: watched }))
      })
    },

    /** Publishes or rejects a review. The audit log has the statuses without the text, which its author may delete. */
    moderate(actorId: string, change: Moderation) {
      return withReview(change.id, async (tx, before) => {
        const decision = await save(tx, before, (review, now) => moderate(review, change, now))
        if (!decision.ok) return decision
        await watch(tx, before, decision.value)
        const [from, to] = [before, decision.value].map(({ status, version }) => ({ status, version }))
        const states = { before: from, after: to, at: decision.value.updatedAt }
        await recordChange(tx, { actorId, action: 'moderateReview', subjectId: change.id, ...states })
        return decision
      })
    },

    /** Deletes the review and its votes if `decide` accepts it. */
    remove<E>(id: string, decide: (review: Review) => Decision<Review, E>) {
      return withReview(id, async (tx, review) => {
        const decision = decide(review)
        if (!decision.ok) return decision
        await tx.review.deleteMany({ where: { id } })
        await countRating(tx, review, null, clock())
        return decision
      })
    },

    /** Casts or withdraws a customer's vote. The version does not change: a vote is not an edit. */
    vote(id: string, customerId: string, helpful: boolean): Promise<Decision<Review, ValidationError>> {
      const work = async (tx: Tx, review: Review) => {
        const decision = voteFor(review, customerId)
        if (!decision.ok) return decision
        const ballot = { reviewId: id, customerId }
        const { count } = helpful
          ? await tx.helpfulVote.createMany({ data: [{ ...ballot, votedAt: clock() }], skipDuplicates: true })
          : await tx.helpfulVote.deleteMany({ where: ballot })
        if (count === 0) return decision
        const helpfulCount = review.helpfulCount + (helpful ? 1 : -1)
        await tx.review.updateMany({ where: { id }, data: { helpfulCount } })
        return accept({ ...review, helpfulCount })
      }
      return withReview(id, work, noSuchReview(id, ['reviewId']))
    },
  }
}

export type ReviewStore = ReturnType<typeof reviewStore>
