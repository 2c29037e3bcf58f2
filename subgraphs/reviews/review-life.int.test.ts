import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anInput, type OpenReviews, openReviews, STAR_COUNTS } from './testing/open-reviews.ts'

/** Milliseconds by which the clock of reviews is ahead. */
let aheadMs = 0
let shop: OpenReviews
beforeAll(async () => {
  shop = await openReviews({ clock: () => new Date(Date.now() + aheadMs) })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const moderator = staff('reviews:moderate')
const suspicious = { body: 'Cheaper ones at www.example.com' }

/** The status of a review for this viewer, by `review` and by `_entities`, which must agree. */
async function seenBy(viewer: Parameters<OpenReviews['execute']>[2], id: string) {
  const query = `query ($id: ID!, $of: [_Any!]!) {
    review(id: $id) { id status } _entities(representations: $of) { ... on Review { id status } } }`
  const { data } = await shop.execute(query, { id, of: [{ __typename: 'Review', id }] }, viewer)
  expect(data._entities).toEqual([data.review])
  return data.review?.status ?? null
}

test('a clean review is published and counted, and its event is published', async () => {
  const [productId, userId] = [await shop.aProduct(), newId('usr')]
  await shop.deliver('users.profile.updated', { userId, displayName: 'Ada' }, { subject: userId })
  const review = await shop.aReview(productId, customer(userId), { title: '  ' })
  expect(review).toMatchObject({
    rating: 4,
    title: null,
    status: 'PUBLISHED',
    version: 1,
    helpfulCount: 0,
    viewerHasVotedHelpful: false,
    author: { id: userId, displayName: 'Ada' },
    product: { id: productId },
  })
  expect(await shop.products([productId], STAR_COUNTS)).toEqual([
    { id: productId, rating: { average: 4, count: 1, histogram: [0, 0, 0, 1, 0], asOf: review.createdAt } },
  ])
  const published = (await shop.outbox()).filter((row) => row.subject === review.id)
  expect(published).toMatchObject([{ type: 'reviews.review.published', sequence: 1 }])
})

test('the time of a rating is that of its last change; it does not go back for a replica whose clock is behind', async () => {
  const productId = await shop.aProduct()
  await shop.aReview(productId)
  await shop.sql(
    `UPDATE rating_summary SET as_of = as_of - interval '1 hour' WHERE product_id = $1`,
    productId,
  )
  const { createdAt } = await shop.aReview(productId, customer(newId('usr')), { rating: 3 })
  expect(await shop.products([productId], STAR_COUNTS)).toMatchObject([
    { rating: { count: 2, asOf: createdAt } },
  ])
  const [ahead] = await shop.sql<{ asOf: Date }>(
    `UPDATE rating_summary SET as_of = as_of + interval '1 hour' WHERE product_id = $1 RETURNING as_of AS "asOf"`,
    productId,
  )
  await shop.aReview(productId, customer(newId('usr')), { rating: 2 })
  expect(await shop.products([productId], STAR_COUNTS)).toMatchObject([
    { rating: { count: 3, asOf: ahead?.asOf.toISOString() } },
  ])
})

test('a suspicious review is seen by its author and moderators alone until it is published', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const review = await shop.aReview(productId, author, suspicious)
  expect(review.status).toBe('PENDING')
  expect(await seenBy(author, review.id)).toBe('PENDING')
  expect(await seenBy(moderator, review.id)).toBe('PENDING')
  expect(await seenBy(customer(newId('usr')), review.id)).toBeNull()
  expect(await seenBy(anonymous, review.id)).toBeNull()
  expect(
    await shop.products([productId], 'rating { count } reviews { totalCount edges { node { id } } }'),
  ).toEqual([{ id: productId, rating: null, reviews: { totalCount: 0, edges: [] } }])

  const verdict = { id: review.id, expectedVersion: 1, verdict: 'PUBLISH' }
  expect((await shop.accepted('moderateReview', verdict, moderator)).review).toMatchObject({
    status: 'PUBLISHED',
    version: 2,
  })
  expect(await seenBy(anonymous, review.id)).toBe('PUBLISHED')
  expect(await shop.products([productId], 'rating { count }')).toEqual([
    { id: productId, rating: { count: 1 } },
  ])
  expect(await shop.refused('moderateReview', { ...verdict, expectedVersion: 2 }, moderator)).toMatchObject([
    { __typename: 'NotPendingError', status: 'PUBLISHED', path: ['id'] },
  ])
})

test('a rejected review stays hidden, and its author can edit it', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const { id } = await shop.aReview(productId, author, suspicious)
  await shop.accepted('moderateReview', { id, expectedVersion: 1, verdict: 'REJECT' }, moderator)
  expect(await seenBy(anonymous, id)).toBeNull()
  const mended = { id, expectedVersion: 2, rating: 2, title: null, body: 'They slip.' }
  aheadMs += 1
  const { review } = await shop.accepted('updateReview', mended, author)
  expect(review).toMatchObject({ status: 'PUBLISHED', version: 3 })
  const { data: read } = await shop.execute(`{ review(id: "${id}") { title body createdAt updatedAt } }`)
  expect(read.review).toEqual({
    ...{ title: null, body: 'They slip.' },
    ...{ createdAt: review.createdAt, updatedAt: review.updatedAt },
  })
  expect(review.updatedAt > review.createdAt).toBe(true)
  const published = (await shop.outbox()).filter((row) => row.subject === id)
  expect(published.map(({ type, sequence }) => [type, sequence])).toEqual([
    ['reviews.review.rejected', 2],
    ['reviews.review.published', 3],
  ])
})

test('a decision of a moderator is logged without the text; a refused one is not logged', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const { id } = await shop.aReview(productId, author, suspicious)
  await shop.refused('moderateReview', { id, expectedVersion: 7, verdict: 'PUBLISH' }, moderator)
  await shop.accepted('moderateReview', { id, expectedVersion: 1, verdict: 'REJECT' }, moderator)
  const query = `query ($of: ID) { reviewsAudit(subjectId: $of) { edges { node { action actorId before after } } } }`
  const { data } = await shop.execute(query, { of: id }, staff('audit:read'))
  expect(data.reviewsAudit.edges).toEqual([
    {
      node: {
        action: 'moderateReview',
        actorId: moderator.kind === 'user' && moderator.id,
        before: '{"status": "PENDING", "version": 1}',
        after: '{"status": "REJECTED", "version": 2}',
      },
    },
  ])
  const { errors } = await shop.execute(query, { of: id }, moderator)
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN'])
})

test('a moderator cannot publish a text edited since it was read', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const { id } = await shop.aReview(productId, author, suspicious)
  await shop.accepted(
    'updateReview',
    { id, expectedVersion: 1, rating: 1, body: 'Write to me@example.com' },
    author,
  )
  expect(
    await shop.refused('moderateReview', { id, expectedVersion: 1, verdict: 'PUBLISH' }, moderator),
  ).toMatchObject([{ __typename: 'VersionConflictError', currentVersion: 2 }])
})

test('a second review of the same product is refused with the first of the same author', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  await shop.aReview(productId)
  await shop.aReview(await shop.aProduct(), author)
  const first = await shop.aReview(productId, author)
  expect(await shop.refused('submitReview', anInput(productId), author)).toMatchObject([
    {
      __typename: 'AlreadyReviewedError',
      message: expect.stringContaining(`you have reviewed product "${productId}"`),
      path: ['productId'],
      existing: { id: first.id },
    },
  ])
})

test('an edit changes the rating summary; a deletion removes the rating, and the customer can review again', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const { id } = await shop.aReview(productId, author)
  await shop.accepted(
    'updateReview',
    { id, expectedVersion: 1, rating: 1, body: 'A hole after a week.' },
    author,
  )
  expect(await shop.products([productId], 'rating { histogram }')).toMatchObject([
    { rating: { histogram: [1, 0, 0, 0, 0] } },
  ])

  const gone = await shop.accepted('deleteReview', { id, expectedVersion: 2 }, author)
  expect(gone).toMatchObject({ deletedReviewId: id, product: { id: productId, rating: null } })
  expect(await seenBy(author, id)).toBeNull()
  const again = await shop.aReview(productId, author)
  expect(again.id).not.toBe(id)
})

test('a vote counts once, can be taken back, and is no edit', async () => {
  const [productId, voter] = [await shop.aProduct(), customer(newId('usr'))]
  const { id } = await shop.aReview(productId)
  for (const _ of [1, 2]) {
    const { review } = await shop.accepted('markHelpful', { reviewId: id }, voter)
    expect(review).toMatchObject({ helpfulCount: 1, viewerHasVotedHelpful: true, version: 1 })
  }
  const { id: second } = await shop.aReview(productId)
  await shop.accepted('markHelpful', { reviewId: second }, voter)
  const list = 'reviews(sort: NEWEST) { edges { node { id viewerHasVotedHelpful } } }'
  const [{ reviews }] = await shop.products([productId], list, voter)
  expect(reviews.edges).toEqual(
    [second, id].map((voted) => ({ node: { id: voted, viewerHasVotedHelpful: true } })),
  )
  const shown = `{ review(id: "${id}") { helpfulCount viewerHasVotedHelpful } }`
  for (const other of [customer(newId('usr')), anonymous])
    expect((await shop.execute(shown, {}, other)).data.review).toEqual({
      helpfulCount: 1,
      viewerHasVotedHelpful: false,
    })
  const another = customer(newId('usr'))
  await shop.accepted('markHelpful', { reviewId: id }, another)
  for (const _ of [1, 2]) {
    const { review } = await shop.accepted('markHelpful', { reviewId: id, helpful: false }, voter)
    expect(review).toMatchObject({ helpfulCount: 1, viewerHasVotedHelpful: false })
  }
  // The vote of another customer, and the one for another review, stay.
  const votes = 'SELECT review_id, customer_id FROM helpful_vote WHERE review_id IN ($1, $2) ORDER BY 1'
  expect(await shop.sql(votes, id, second)).toEqual([
    { review_id: id, customer_id: another.kind === 'user' && another.id },
    { review_id: second, customer_id: voter.kind === 'user' && voter.id },
  ])
})

test('the same key gives the same review; with another input it is refused', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const input = anInput(productId)
  const first = (await shop.accepted('submitReview', input, author)).review
  expect((await shop.accepted('submitReview', input, author)).review).toEqual(first)
  for (const other of [{ rating: 1 }, { title: 'Cold' }, { title: null }, { body: 'Cold all winter.' }])
    expect(await shop.refused('submitReview', { ...input, ...other }, author)).toMatchObject([
      { __typename: 'IdempotencyKeyReusedError', path: ['idempotencyKey'] },
    ])
  expect((await shop.outbox()).filter((row) => row.subject === first.id)).toHaveLength(1)
})

test('a draft and an unknown product cannot be reviewed, and one that is not sold any more can', async () => {
  expect((await shop.aReview(await shop.aProduct('ARCHIVED'))).status).toBe('PUBLISHED')
  for (const productId of [await shop.aProduct('DRAFT'), newId('prd')]) {
    expect(await shop.refused('submitReview', anInput(productId), customer(newId('usr')))).toEqual([
      { __typename: 'ValidationError', message: `there is no product "${productId}"`, path: ['productId'] },
    ])
  }
})

test('a document with several mutations shows each what the one before has written', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const input = (body: string, rating: number) => ({ id: '', expectedVersion: 1, rating, body })
  const { id } = await shop.aReview(productId, author)
  const query = `mutation ($first: UpdateReviewInput!, $second: UpdateReviewInput!, $third: DeleteReviewInput!) {
    first: updateReview(input: $first) { review { product { rating { average } } } }
    second: updateReview(input: $second) { review { product { rating { average } reviews { edges { node { body } } } } } }
    third: deleteReview(input: $third) { product { rating { average } reviews { edges { node { body } } } } } }`
  const { data, errors } = await shop.execute(
    query,
    {
      first: { ...input('Good.', 5), id },
      second: { ...input('Worse.', 2), id, expectedVersion: 2 },
      third: { id, expectedVersion: 3 },
    },
    author,
  )
  expect(errors).toEqual([])
  const reviews = { edges: [{ node: { body: 'Worse.' } }] }
  expect(data).toEqual({
    first: { review: { product: { rating: { average: 5 } } } },
    second: { review: { product: { rating: { average: 2 }, reviews } } },
    third: { product: { rating: null, reviews: { edges: [] } } },
  })
})
