import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { testAuditedMutations } from '@argyle/kit/testing/audited-mutations'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenReviews, openReviews } from './testing/open-reviews.ts'

let shop: OpenReviews
beforeAll(async () => {
  shop = await openReviews()
})
afterAll(() => shop.close())

const moderator = staff('reviews:moderate')

async function isSeen(id: string): Promise<boolean> {
  const { data } = await shop.execute('query ($id: ID!) { review(id: $id) { id } }', { id }, anonymous)
  return data.review !== null
}
const ratingOf = async (productId: string) =>
  (await shop.products([productId], 'rating { count average } reviews { totalCount }'))[0]
const moderate = (id: string, expectedVersion: number, verdict: 'PUBLISH' | 'REJECT') =>
  shop.accepted('moderateReview', { id, expectedVersion, verdict }, moderator)

test('a published review that is taken down is hidden, logged and no longer counted, and its event is published', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const { id } = await shop.aReview(productId, author, { rating: 1 })
  await shop.aReview(productId, undefined, { rating: 5 })
  const { review } = await moderate(id, 1, 'REJECT')
  expect(review).toMatchObject({ status: 'REJECTED', version: 2 })
  expect(await isSeen(id)).toBe(false)
  expect(await ratingOf(productId)).toMatchObject({
    rating: { count: 1, average: 5 },
    reviews: { totalCount: 1 },
  })
  const published = await shop.outbox()
  expect(
    published.filter(({ subject }) => subject === id).map(({ type, sequence }) => [type, sequence]),
  ).toEqual([
    ['reviews.review.published', 1],
    ['reviews.review.rejected', 2],
  ])
  expect(published.findLast(({ subject }) => subject === productId)).toMatchObject({
    type: 'reviews.rating.changed',
    data: { productId, average: 5, count: 1, histogram: [0, 0, 0, 0, 1] },
  })
  const audit = await shop.sql('SELECT actor_id, before, after FROM audit_entry WHERE subject_id = $1', id)
  expect(audit).toEqual([
    {
      actor_id: moderator.kind === 'user' && moderator.id,
      before: { status: 'PUBLISHED', version: 1 },
      after: { status: 'REJECTED', version: 2 },
    },
  ])
})

test('later texts of its author about the product wait until a moderator publishes one', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const { id } = await shop.aReview(productId, author)
  await moderate(id, 1, 'REJECT')
  const edited = { id, expectedVersion: 2, rating: 5, title: null, body: 'Quite good.' }
  expect((await shop.accepted('updateReview', edited, author)).review.status).toBe('PENDING')
  await shop.accepted('deleteReview', { id, expectedVersion: 3 }, author)
  const again = await shop.aReview(productId, author)
  expect(again.status).toBe('PENDING')
  const other = await shop.aReview(await shop.aProduct(), author)
  expect(other.status).toBe('PUBLISHED')
  const another = await shop.aReview(productId)
  expect(another.status).toBe('PUBLISHED')
  // Verdicts on a review of another product, and on one of another author, change nothing for this one.
  for (const { id: elsewhere } of [other, another]) {
    await moderate(elsewhere, 1, 'REJECT')
    await moderate(elsewhere, 2, 'PUBLISH')
  }
  const waiting = { id: again.id, expectedVersion: 1, rating: 3, title: null, body: 'Not bad.' }
  expect((await shop.accepted('updateReview', waiting, author)).review.status).toBe('PENDING')
  await moderate(again.id, 2, 'PUBLISH')
  const once = { id: again.id, expectedVersion: 3, rating: 4, title: null, body: 'Good enough.' }
  expect((await shop.accepted('updateReview', once, author)).review.status).toBe('PUBLISHED')
})

test('a review that was taken down by mistake is published again', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const { id } = await shop.aReview(productId, author, { rating: 3 })
  await moderate(id, 1, 'REJECT')
  await moderate(id, 2, 'PUBLISH')
  expect(await isSeen(id)).toBe(true)
  expect(await ratingOf(productId)).toMatchObject({ rating: { count: 1, average: 3 } })
  expect(await shop.sql('SELECT FROM watched_author WHERE product_id = $1', productId)).toEqual([])
})

test('two moderators at once: one verdict counts, and the summary agrees', async () => {
  const productId = await shop.aProduct()
  const { id } = await shop.aReview(productId)
  const answers = await shop.manyAtOnce(6, () =>
    shop.mutate('moderateReview', { id, expectedVersion: 1, verdict: 'REJECT' }, moderator),
  )
  expect(answers.flatMap(({ errors }) => errors)).toEqual([])
  expect(answers.filter(({ data }) => data.moderateReview.review !== null)).toHaveLength(1)
  expect(await ratingOf(productId)).toMatchObject({ rating: null })
})

testAuditedMutations(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (name: 'moderateReview', input, viewer) => shop.mutate(name, input, viewer),
  {
    async moderateReview() {
      const { id } = await shop.aReview(await shop.aProduct(), undefined, { body: 'www.example.test' })
      const [before, after] = [
        { status: 'PENDING', version: 1 },
        { status: 'PUBLISHED', version: 2 },
      ]
      const input = { id, expectedVersion: 1, verdict: 'PUBLISH' }
      return { viewer: staff('reviews:moderate'), input, entries: [{ subjectId: id, before, after }] }
    },
  },
)
