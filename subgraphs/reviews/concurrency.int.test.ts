import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anInput, type OpenReviews, openReviews } from './testing/open-reviews.ts'

let shop: OpenReviews
beforeAll(async () => {
  shop = await openReviews()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const moderator = staff('reviews:moderate')
const suspicious = 'Cheaper ones at www.example.com'

/**
 * Products whose summary differs from a recount of their published reviews. A missing summary counts as
 * zeros.
 */
function wrongSummaries() {
  return shop.sql(`
    WITH recount AS (
      SELECT p.product_id, star, count(r.id)::int AS counted
        FROM known_product p CROSS JOIN generate_series(1, 5) AS star
        LEFT JOIN review r ON r.product_id = p.product_id AND r.status = 'PUBLISHED' AND r.rating = star
       GROUP BY p.product_id, star),
    kept AS (
      SELECT product_id, star, stars
        FROM rating_summary CROSS JOIN LATERAL
             unnest(ARRAY[stars_1, stars_2, stars_3, stars_4, stars_5]) WITH ORDINALITY AS s (stars, star))
    SELECT * FROM recount LEFT JOIN kept USING (product_id, star) WHERE counted <> COALESCE(stars, 0)`)
}

test('submissions, edits, verdicts and deletions at once leave every summary equal to a recount', async () => {
  const productIds = [await shop.aProduct(), await shop.aProduct()]
  // 60 concurrent customers, each with a different history of the same two products.
  const live = async (index: number) => {
    const author = customer(newId('usr'))
    const productId = productIds[index % 2] ?? ''
    const held = index % 3 === 0
    const but = { rating: (index % 5) + 1, ...(held ? { body: suspicious } : {}) }
    const { id } = await shop.aReview(productId, author, but)
    const version = { id, expectedVersion: 1 }
    if (held)
      await shop.accepted(
        'moderateReview',
        { ...version, verdict: index % 2 ? 'PUBLISH' : 'REJECT' },
        moderator,
      )
    if (index % 4 === 1 && !held)
      await shop.accepted(
        'updateReview',
        { ...version, rating: 5 - (index % 5), body: 'On second thoughts.' },
        author,
      )
    if (index % 4 === 2 && !held) await shop.accepted('deleteReview', version, author)
  }
  await shop.manyAtOnce(60, live)
  expect(await wrongSummaries()).toEqual([])
  const [{ left } = { left: 0 }] = await shop.sql<{ left: number }>(
    'SELECT count(*)::int AS left FROM review',
  )
  expect(left).toBeGreaterThan(30)
})

test('an edit, a verdict and a deletion of one review at once: one wins, the summary agrees', async () => {
  const productId = await shop.aProduct()
  for (const round of [1, 2, 3, 4, 5]) {
    const author = customer(newId('usr'))
    const { id } = await shop.aReview(productId, author, { rating: round, body: suspicious })
    const version = { id, expectedVersion: 1 }
    const answers = await shop.atOnce([
      () => shop.mutate('updateReview', { ...version, rating: 5, body: 'Quite good.' }, author),
      () => shop.mutate('moderateReview', { ...version, verdict: 'PUBLISH' }, moderator),
      () => shop.mutate('deleteReview', version, author),
    ])
    expect(answers.flatMap(({ errors }) => errors)).toEqual([])
    const won = answers.filter(
      ({ data }) => Object.values<{ userErrors: [] }>(data)[0]?.userErrors.length === 0,
    )
    expect(won).toHaveLength(1)
    expect(await wrongSummaries()).toEqual([])
  }
})

test('of concurrent submissions by one customer, one is accepted and the others are refused with it', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const answers = await shop.manyAtOnce(12, () => shop.mutate('submitReview', anInput(productId), author))
  expect(answers.flatMap(({ errors }) => errors)).toEqual([])
  const taken = answers.flatMap(({ data }) => data.submitReview.review?.id ?? [])
  const existing = answers.flatMap(({ data }) =>
    data.submitReview.userErrors.map((error: { existing: { id: string } }) => error.existing.id),
  )
  expect(taken).toHaveLength(1)
  expect(existing).toEqual(Array(11).fill(taken[0]))
  expect(await wrongSummaries()).toEqual([])
})

test('concurrent requests with one idempotency key create one review, and all answers show it', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const input = anInput(productId)
  const answers = await shop.manyAtOnce(12, () => shop.accepted('submitReview', input, author))
  expect(new Set(answers.map(({ review }) => review.id)).size).toBe(1)
  expect(await shop.products([productId], 'rating { count }')).toMatchObject([{ rating: { count: 1 } }])
})

test('concurrent votes all count, and are deleted with their review', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const { id } = await shop.aReview(productId, author)
  const voters = Array.from({ length: 20 }, () => customer(newId('usr')))
  await shop.atOnce(
    voters.flatMap((voter) => [1, 2].map(() => () => shop.accepted('markHelpful', { reviewId: id }, voter))),
  )
  const counts =
    'SELECT r.helpful_count AS kept, (SELECT count(*)::int FROM helpful_vote) AS cast FROM review r WHERE id = $1'
  expect(await shop.sql(counts, id)).toEqual([{ kept: 20, cast: 20 }])

  const answers = await shop.atOnce([
    ...voters.map((voter) => () => shop.mutate('markHelpful', { reviewId: id, helpful: false }, voter)),
    () => shop.mutate('deleteReview', { id, expectedVersion: 1 }, author),
  ])
  expect(answers.flatMap(({ errors }) => errors)).toEqual([])
  expect(await shop.sql('SELECT 1 FROM helpful_vote')).toEqual([])
})
