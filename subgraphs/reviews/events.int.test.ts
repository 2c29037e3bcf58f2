import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept, expectOthersKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { history } from './history.ts'
import type { Resources } from './subgraph.ts'
import { type OpenReviews, openReviews } from './testing/open-reviews.ts'

let shop: OpenReviews
beforeAll(async () => {
  shop = await openReviews()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['author (', 'known_product ('])

/** A sample message of a publisher: siblings share data, never code. */
function sampleOf(publisher: string, type: string) {
  const file = new URL(`../${publisher}/event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

test.each([
  ['a clean review', 'reviews.review.published', 'Soft.', null],
  ['a moderator’s approval', 'reviews.review.published', 'www.example.test', 'PUBLISH'],
  ['a moderator’s rejection', 'reviews.review.rejected', 'www.example.test', 'REJECT'],
] as const)('%s publishes the fields of the sample of %s', async (_, type, body, verdict) => {
  const sample = sampleOf('reviews', type)
  const [productId, authorId] = [await shop.aProduct(), newId('usr')]
  const { id } = await shop.aReview(productId, customer(authorId), { rating: 5, body })
  const moderator = staff('reviews:moderate')
  if (verdict) await shop.accepted('moderateReview', { id, expectedVersion: 1, verdict }, moderator)
  const published = (await shop.outbox()).filter((row) => row.subject === id)
  expect(published).toHaveLength(1)
  const rating = type === 'reviews.review.published' ? { rating: 5 } : {}
  expect(published[0]).toMatchObject({ type, sequence: verdict ? 2 : 1 })
  expect(published[0]?.data).toEqual({ reviewId: id, productId, authorId, ...rating })
  expect(Object.keys(sample.data as object).sort()).toEqual(Object.keys(published[0]?.data as object).sort())
  expect(sample.subject).toBe((sample.data as { reviewId: string }).reviewId)
})

test('each rating of a product has a greater sequence than the one before', async () => {
  const productId = await shop.aProduct()
  for (const rating of [5, 3, 4]) await shop.aReview(productId, customer(newId('usr')), { rating })
  const published = (await shop.outbox()).filter(
    ({ type, subject }) => type === 'reviews.rating.changed' && subject === productId,
  )
  expect(published.map(({ sequence }) => sequence)).toEqual([1, 2, 3])
})

test('a product whose last review goes is published without a rating', async () => {
  const [productId, author] = [await shop.aProduct(), customer(newId('usr'))]
  const { id } = await shop.aReview(productId, author)
  await shop.accepted('deleteReview', { id, expectedVersion: 1 }, author)
  expect((await shop.outbox()).findLast(({ subject }) => subject === productId)).toMatchObject({
    ...{ type: 'reviews.rating.changed', sequence: 2 },
    data: { productId, average: null, count: 0, histogram: [0, 0, 0, 0, 0] },
  })
})

test('each number of stars has its own place in the rating, its event and the history', async () => {
  const productIds: string[] = []
  for (const rating of [1, 2, 3, 4, 5]) {
    const productId = await shop.aProduct()
    for (let count = 0; count < 2; count++) await shop.aReview(productId, undefined, { rating })
    productIds.push(productId)
  }
  const expected = [0, 1, 2, 3, 4].map((place) => [0, 0, 0, 0, 0].with(place, 2))
  const shown = await shop.products(productIds, 'rating { histogram }')
  expect(shown.map(({ rating }: { rating: { histogram: number[] } }) => rating.histogram)).toEqual(expected)
  const histogramOf = ({ data }: { data: unknown }) => (data as { histogram: number[] }).histogram
  const rows = (await shop.outbox()).filter(({ type }) => type === 'reviews.rating.changed')
  const published = productIds.map((id) => rows.findLast(({ subject }) => subject === id))
  expect(published.map((row) => row && histogramOf(row))).toEqual(expected)
  const page = { after: null, limit: 1_000, since: null, recipient: 'search' }
  const past = (await Promise.all(history.map((part) => part(shop.resources as Resources, page)))).flat()
  const replayed = productIds.map((id) => past.find(({ event }) => event.subject === id)?.event)
  expect(replayed.map((event) => event && histogramOf(event))).toEqual(expected)
})

test('the newest display name wins, in any order of messages', async () => {
  const userId = newId('usr')
  const { id } = await shop.aReview(await shop.aProduct(), customer(userId))
  const nameShown = async () => {
    const { data } = await shop.execute(`{ review(id: "${id}") { author { displayName } } }`)
    return data.review.author.displayName
  }
  const deliver = (displayName: string, sequence: number) =>
    shop.deliver('users.profile.updated', { userId, displayName }, { subject: userId, sequence })
  expect(await nameShown()).toBeNull()
  await deliver('Ada L.', 2)
  await deliver('Ada', 1)
  expect(await nameShown()).toBe('Ada L.')
  await deliver('Ada Lovelace', 3)
  await deliver('Ada L.', 2)
  expect(await nameShown()).toBe('Ada Lovelace')
})

test('the reviews of a deleted account stay under a neutral name, in any order of messages', async () => {
  const userId = newId('usr')
  const { id } = await shop.aReview(await shop.aProduct(), customer(userId))
  const sample = sampleOf('users', 'users.account.deleted')
  const forget = () =>
    shop.deliver(sample.type, { ...Object(sample.data), userId }, { subject: userId, sequence: 4 })
  for (const sequence of [2, 3]) {
    await forget()
    await shop.deliver('users.profile.updated', { userId, displayName: 'Ada' }, { subject: userId, sequence })
  }
  const { data } = await shop.execute(`{ review(id: "${id}") { body author { displayName } } }`)
  expect(data.review).toEqual({ body: expect.any(String), author: { displayName: 'Former customer' } })
})

test('a deletion takes the name of one author, and leaves the names and reviews of all others', async () => {
  const aPerson = async () => {
    const userId = newId('usr')
    const displayName = `Ada ${userId}`
    await shop.aReview(await shop.aProduct(), customer(userId))
    await shop.deliver('users.profile.updated', { userId, displayName }, { subject: userId, sequence: 1 })
    return { userId, displayName }
  }
  await expectOthersKept(
    shop,
    aPerson,
    ({ userId }) => shop.deliver('users.account.deleted', { userId }, { subject: userId, sequence: 2 }),
    ({ displayName }) => [displayName],
  )
})

test('the newest state of a product wins, in any order of messages', async () => {
  const productId = newId('prd')
  const known = () => shop.sql('SELECT status, sequence FROM known_product WHERE product_id = $1', productId)
  for (const [status, sequence] of [
    ['ACTIVE', 2],
    ['DRAFT', 1],
    ['ARCHIVED', 3],
    ['ACTIVE', 2],
  ] as const)
    await shop.deliver('products.product.changed', { productId, status }, { subject: productId, sequence })
  expect(await known()).toEqual([{ status: 'ARCHIVED', sequence: 3 }])
})

test.each([
  ['users.profile.updated', 'reviews.author.applied'],
  ['products.product.changed', 'reviews.product.applied'],
])('after %s, the event of the applied version has the fields of its sample', async (received, published) => {
  const { data, subject } = sampleOf(received.split('.')[0] ?? '', received)
  await shop.deliver(received, data, { subject, sequence: 1 })
  const row = (await shop.outbox()).findLast(({ type }) => type === published)
  expect(row).toMatchObject({ subject, sequence: 1, data: { copyOf: subject, version: 1 } })
  expect(Object.keys(sampleOf('reviews', published).data as object).sort()).toEqual(['copyOf', 'version'])
})

test('the sample messages of users and products are accepted', async () => {
  const profile = sampleOf('users', 'users.profile.updated')
  const product = sampleOf('products', 'products.product.changed')
  for (const { type, data, subject, sequence, id } of [profile, product, profile, product])
    await shop.deliver(type, data, { subject, sequence, id })
  expect(await shop.sql('SELECT sequence FROM author WHERE user_id = $1', profile.subject)).toEqual([
    { sequence: profile.sequence },
  ])
  expect(await shop.sql('SELECT sequence FROM known_product WHERE product_id = $1', product.subject)).toEqual(
    [{ sequence: product.sequence }],
  )
})
