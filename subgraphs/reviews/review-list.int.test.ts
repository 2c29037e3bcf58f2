import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Review } from './review.ts'
import type { ReviewSortName } from './review-sort.ts'
import { type OpenReviews, openReviews } from './testing/open-reviews.ts'

let shop: OpenReviews
beforeAll(async () => {
  shop = await openReviews()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['review ('])

const suspicious = { body: 'Cheaper ones at www.example.com' }
type Connection = {
  edges: { node: Review }[]
  pageInfo: { hasNextPage: boolean; endCursor: string }
  totalCount: number
}

/** Reads a list to its end, two per page. */
async function readAll(pageAfter: (after: string | null) => Promise<Connection>): Promise<Review[]> {
  const read: Review[] = []
  let after: string | null = null
  for (;;) {
    const page: Connection = await pageAfter(after)
    read.push(...page.edges.map(({ node }) => node))
    expect(page.edges.length).toBe(page.pageInfo.hasNextPage ? 2 : Math.min(page.edges.length, 2))
    if (!page.pageInfo.hasNextPage) {
      expect(page.totalCount).toBe(read.length)
      return read
    }
    after = page.pageInfo.endCursor
  }
}

const FIELDS =
  'totalCount pageInfo { hasNextPage endCursor } edges { node { id rating helpfulCount status } }'

function readProduct(productId: string, sort: ReviewSortName): Promise<Review[]> {
  return readAll(async (after) => {
    const list = `reviews(first: 2, sort: ${sort}, after: ${JSON.stringify(after)}) { ${FIELDS} }`
    const [product] = await shop.products([productId], list)
    return product.reviews
  })
}

function readAuthor(id: string, viewer: Viewer): Promise<Review[]> {
  return readAll(async (after) => {
    const query = `query ($user: _Any!, $after: String) {
      _entities(representations: [$user]) { ... on User { reviews(first: 2, after: $after) { ${FIELDS} } } } }`
    const { data } = await shop.execute(query, { user: { __typename: 'User', id }, after }, viewer)
    return data._entities[0].reviews
  })
}

/** Seven reviews with ties in every sort value, submitted in this order, and a pending eighth. */
async function sevenReviews(productId: string): Promise<Review[]> {
  const reviews: Review[] = []
  for (const [rating, votes] of [
    [5, 0],
    [3, 2],
    [5, 1],
    [1, 0],
    [3, 2],
    [1, 3],
    [4, 0],
  ] as const) {
    const review = await shop.aReview(productId, customer(newId('usr')), { rating })
    for (let vote = 0; vote < votes; vote++)
      await shop.accepted('markHelpful', { reviewId: review.id }, customer(newId('usr')))
    reviews.push({ ...review, helpfulCount: votes })
  }
  await shop.aReview(productId, customer(newId('usr')), suspicious)
  return reviews
}

test('each sort gives every published review once, in order, page by page', async () => {
  const productId = await shop.aProduct()
  const reviews = await sevenReviews(productId)
  // An edit makes a review no newer.
  await shop.sql(`UPDATE review SET updated_at = updated_at + interval '1 day' WHERE id = $1`, reviews[0]?.id)
  // A table that is known to be small is read as it lies: the order is that of the statement alone.
  await shop.sql('ANALYZE review')
  const newest = (a: Review, b: Review) =>
    +new Date(b.createdAt) - +new Date(a.createdAt) || (a.id < b.id ? 1 : -1)
  const newestId = (a: Review, b: Review) => (a.id < b.id ? 1 : -1)
  const expected: Record<ReviewSortName, Review[]> = {
    HELPFUL: reviews.toSorted((a, b) => b.helpfulCount - a.helpfulCount || newestId(a, b)),
    NEWEST: reviews.toSorted(newest),
    RATING_DESC: reviews.toSorted((a, b) => b.rating - a.rating || newestId(a, b)),
    RATING_ASC: reviews.toSorted((a, b) => a.rating - b.rating || newestId(b, a)),
  }
  for (const sort of ['HELPFUL', 'NEWEST', 'RATING_DESC', 'RATING_ASC'] as const) {
    const read = await readProduct(productId, sort)
    expect([sort, read.map(({ id }) => id)]).toEqual([sort, expected[sort].map(({ id }) => id)])
  }
})

test("an author's reviews: the public sees the published ones, author and moderators see all", async () => {
  const author = newId('usr')
  const reviews: Review[] = []
  for (const but of [{}, suspicious, {}, {}, suspicious])
    reviews.unshift(await shop.aReview(await shop.aProduct(), customer(author), but))
  // An edit makes a review no newer.
  await shop.sql(
    `UPDATE review SET updated_at = updated_at + interval '1 day' WHERE id = $1`,
    reviews.at(-1)?.id,
  )
  const ids = (list: Review[]) => list.map(({ id }) => id)
  const published = ids(reviews.filter(({ status }) => status === 'PUBLISHED'))
  expect(published).toHaveLength(3)
  expect(ids(await readAuthor(author, anonymous))).toEqual(published)
  expect(ids(await readAuthor(author, customer(newId('usr'))))).toEqual(published)
  expect(ids(await readAuthor(author, customer(author)))).toEqual(ids(reviews))
  expect(ids(await readAuthor(author, staff('reviews:moderate')))).toEqual(ids(reviews))
  // The page of an author without reviews has a total of 0.
  expect(await readAuthor(newId('usr'), anonymous)).toEqual([])
})

test("the moderators' queue holds what is pending, the longest waiting first, with the reasons", async () => {
  const moderator = staff('reviews:moderate')
  const queue = (after: string | null) =>
    shop
      .execute(
        `query ($after: String) { reviewsToModerate(first: 2, after: $after) {
          totalCount pageInfo { hasNextPage endCursor } edges { node { id holdReasons } } } }`,
        { after },
        moderator,
      )
      .then(({ data }) => data.reviewsToModerate)
  for (const { id } of await readAll(queue)) {
    const answer = await shop.accepted(
      'moderateReview',
      { id, expectedVersion: 1, verdict: 'REJECT' },
      moderator,
    )
    expect(answer.review.status).toBe('REJECTED')
  }
  const waiting: string[] = []
  for (const text of [
    { body: 'www.example.test' },
    { body: 'me@example.test' },
    { body: 'sooooooo nice' },
    { title: 'Call +49 30 1234567' },
  ])
    waiting.push((await shop.aReview(await shop.aProduct(), customer(newId('usr')), text)).id)
  // A review waits since its last edit, however old it is.
  await shop.sql(`UPDATE review SET created_at = created_at - interval '1 day' WHERE id = $1`, waiting[3])
  expect(await readAll(queue)).toEqual([
    { id: waiting[0], holdReasons: ['LINK'] },
    { id: waiting[1], holdReasons: ['EMAIL_ADDRESS'] },
    { id: waiting[2], holdReasons: ['REPETITION'] },
    { id: waiting[3], holdReasons: ['PHONE_NUMBER'] },
  ])
})

test('the queue and the reasons are for moderators', async () => {
  const { id } = await shop.aReview(await shop.aProduct())
  const queue = '{ reviewsToModerate { totalCount } }'
  const reasons = `{ review(id: "${id}") { id holdReasons } }`
  for (const [viewer, code] of [
    [anonymous, 'UNAUTHENTICATED'],
    [customer(newId('usr')), 'FORBIDDEN'],
  ] as const) {
    const forbidden = [expect.objectContaining({ extensions: expect.objectContaining({ code }) })]
    expect(await shop.execute(queue, {}, viewer)).toMatchObject({
      data: { reviewsToModerate: null },
      errors: forbidden,
    })
    expect(await shop.execute(reasons, {}, viewer)).toMatchObject({
      data: { review: { id, holdReasons: null } },
      errors: forbidden,
    })
  }
})

test('without arguments, or with null, a product has its 10 most helpful reviews, an author 10, and the queue 20', async () => {
  const [productId, author] = [await shop.aProduct(), newId('usr')]
  /** Copies a review under other ids. */
  const copy = (id: string, changed: string) =>
    shop.sql(
      `INSERT INTO review SELECT (jsonb_populate_record(r, jsonb_build_object('id', 'rev_' || gen_random_uuid(), 'helpful_count', n) || ${changed})).*
         FROM review r, generate_series(1, 25) AS n WHERE r.id = $1 RETURNING id`,
      id,
    )
  const byAnother = `jsonb_build_object('author_id', 'usr_' || gen_random_uuid())`
  await copy((await shop.aReview(productId)).id, byAnother)
  await copy((await shop.aReview(await shop.aProduct(), undefined, suspicious)).id, byAnother)
  await shop.sql(
    `INSERT INTO known_product (product_id, status, sequence) SELECT 'prd_copy_' || n, 'ACTIVE', 1 FROM generate_series(1, 25) AS n`,
  )
  const { id } = await shop.aReview(await shop.aProduct(), customer(author))
  await copy(id, `jsonb_build_object('product_id', 'prd_copy_' || n)`)
  const page = '{ edges { node { id helpfulCount } } }'
  const entity = (type: string, id: string, args: string) =>
    `_entities(representations: [{ __typename: "${type}", id: "${id}" }]) { ... on ${type} { reviews${args} ${page} } }`
  const read = async (field: string) => {
    const { data } = await shop.execute(`{ ${field} }`, {}, staff('reviews:moderate'))
    return data._entities?.[0].reviews.edges ?? data.reviewsToModerate.edges
  }
  const ofProduct = await read(entity('Product', productId, ''))
  expect(ofProduct.map(({ node }: { node: Review }) => node.helpfulCount)).toEqual(
    Array.from({ length: 10 }, (_, place) => 25 - place),
  )
  expect(await read(entity('Product', productId, '(first: null, after: null, sort: null)'))).toEqual(
    ofProduct,
  )
  for (const args of ['', '(first: null, after: null)']) {
    expect(await read(entity('User', author, args))).toHaveLength(10)
    expect(await read(`reviewsToModerate${args} ${page}`)).toHaveLength(20)
  }
})
