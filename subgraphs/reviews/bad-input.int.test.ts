import { encodeCursor } from '@argyle/kit/connection'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { LAST_INSTANT } from '@argyle/kit/instant'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { customer, type OperationResult, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anInput, type MutationName, type OpenReviews, openReviews } from './testing/open-reviews.ts'

/** The refused operations of all tests. */
const refused: Refused[] = []

let shop: OpenReviews
let before: unknown
const author = customer(newId('usr'))
const moderator = staff('reviews:moderate')
const viewerOf = (name: MutationName): Viewer => {
  if (name === 'moderateReview') return moderator
  return name === 'markHelpful' || name === 'submitReview' ? customer(newId('usr')) : author
}

/** Valid inputs, for the tests to break. */
const good = {} as Record<MutationName, Record<string, unknown>> // filled before the first test

beforeAll(async () => {
  shop = await openReviews()
  const [productId, heldProductId] = [await shop.aProduct(), await shop.aProduct()]
  const review = await shop.aReview(productId, author)
  const held = await shop.aReview(heldProductId, author, { body: 'www.example.test' })
  good.submitReview = anInput(productId)
  good.updateReview = { id: review.id, expectedVersion: 1, rating: 5, title: 'Warm', body: 'Very.' }
  good.deleteReview = { id: review.id, expectedVersion: 1 }
  good.markHelpful = { reviewId: review.id, helpful: true }
  good.moderateReview = { id: held.id, expectedVersion: 1, verdict: 'PUBLISH' }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** All rows that a mutation can write. */
async function everything() {
  const tables = [
    'review',
    'rating_summary',
    'helpful_vote',
    'known_product',
    'idempotency_record',
    'outbox_message',
  ]
  return Promise.all(tables.map((table) => shop.sql(`SELECT * FROM ${table} ORDER BY 1, 2`)))
}
beforeEach(async () => {
  before = await everything()
})

/** The refusal of a field: the code of a GraphQL error or the type of a user error, then its message. */
function refusals({ data, errors }: OperationResult, name: MutationName): string[] {
  const codes = errors.map(({ extensions, message }) => `${extensions?.code}: ${message}`)
  const typed: { __typename: string; message: string }[] = data?.[name]?.userErrors ?? []
  return [...codes, ...typed.map(({ __typename, message }) => `${__typename}: ${message}`)]
}

const text = 'x'.repeat(5001)
const unknownId = 'rev_019aa5c2-8c00-7000-8000-00000000dead'
const unknownProduct = 'prd_019aa5c2-8c00-7000-8000-00000000dead'

/** [mutation, values that replace valid ones, the relevant part of the refusal] */
const CASES: [MutationName, Record<string, unknown>, RegExp][] = [
  ['submitReview', { idempotencyKey: '' }, /^ValidationError: idempotencyKey is "".*at least 1/],
  ['submitReview', { idempotencyKey: '   ' }, /^ValidationError: idempotencyKey is /],
  [
    'submitReview',
    { idempotencyKey: 'k'.repeat(201) },
    /^ValidationError: idempotencyKey is "kkk.*at most 200/,
  ],
  ['submitReview', { idempotencyKey: 'a\u0000b' }, /^ValidationError: idempotencyKey is "a\\u0000b"/],
  ['submitReview', { idempotencyKey: null }, /^BAD_USER_INPUT: .*idempotencyKey/],
  ['submitReview', { idempotencyKey: undefined }, /^BAD_USER_INPUT: .*idempotencyKey/],
  ['submitReview', { productId: '' }, /^ValidationError: productId is "".*prd_/],
  ['submitReview', { productId: 'prd_1' }, /^ValidationError: productId is "prd_1".*prd_/],
  ['submitReview', { productId: unknownId }, /^ValidationError: productId is "rev_.*prd_/],
  ['submitReview', { productId: unknownProduct }, /^ValidationError: there is no product "prd_.*dead"/],
  ['submitReview', { productId: "prd_'; DROP TABLE review; --" }, /^ValidationError: productId is/],
  ['submitReview', { productId: 'prd_\u0000' }, /^ValidationError: productId is/],
  ['submitReview', { productId: 7.5 }, /^BAD_USER_INPUT: .*7\.5/],
  ['submitReview', { productId: ['prd'] }, /^BAD_USER_INPUT: .*productId/],
  ['submitReview', { note: 'hello' }, /^BAD_USER_INPUT: .*note/],
  ['updateReview', { id: 'nonsense' }, /^ValidationError: id is "nonsense".*rev_/],
  ['updateReview', { id: unknownId }, /^ValidationError: there is no review "rev_.*dead"/],
  ['updateReview', { expectedVersion: 7 }, /^VersionConflictError: expectedVersion is 7.*version is 1/],
  ['deleteReview', { id: 'nonsense' }, /^ValidationError: id is "nonsense".*rev_/],
  ['deleteReview', { id: unknownId }, /^ValidationError: there is no review "rev_.*dead"/],
  ['deleteReview', { expectedVersion: 7 }, /^VersionConflictError: expectedVersion is 7.*version is 1/],
  ['moderateReview', { id: 'nonsense' }, /^ValidationError: id is "nonsense".*rev_/],
  ['moderateReview', { id: unknownId }, /^ValidationError: there is no review "rev_.*dead"/],
  ['moderateReview', { expectedVersion: 7 }, /^VersionConflictError: expectedVersion is 7.*version is 1/],
  ['moderateReview', { verdict: 'BURN' }, /^BAD_USER_INPUT: .*BURN/],
  ['moderateReview', { verdict: null }, /^BAD_USER_INPUT: .*verdict/],
  ['markHelpful', { reviewId: 'nonsense' }, /^ValidationError: reviewId is "nonsense".*rev_/],
  ['markHelpful', { reviewId: unknownId }, /^ValidationError: there is no review "rev_.*dead"/],
  ['markHelpful', { helpful: 'yes' }, /^BAD_USER_INPUT: .*yes/],
  ['markHelpful', { helpful: null }, /^BAD_USER_INPUT: .*helpful/],
  ...(['submitReview', 'updateReview'] as const).flatMap(
    (name): [MutationName, Record<string, unknown>, RegExp][] => [
      [name, { rating: 0 }, /^ValidationError: rating is 0.*1, 2, 3, 4, 5/],
      [name, { rating: 6 }, /^ValidationError: rating is 6.*1, 2, 3, 4, 5/],
      [name, { rating: -1 }, /^ValidationError: rating is -1/],
      [name, { rating: 2147483648 }, /^BAD_USER_INPUT: .*2147483648/],
      [name, { rating: 4.5 }, /^BAD_USER_INPUT: .*4\.5/],
      [name, { rating: 'five' }, /^BAD_USER_INPUT: .*five/],
      [name, { rating: null }, /^BAD_USER_INPUT: .*rating/],
      [name, { title: 'x'.repeat(121) }, /^ValidationError: title is "xxx.*at most 120/],
      [name, { title: 'a\nb\u0007' }, /^ValidationError: title is "a\\nb\\u0007"/],
      [name, { title: 5 }, /^BAD_USER_INPUT: .*title/],
      [name, { body: '' }, /^ValidationError: body is "".*at least 1/],
      [name, { body: ' \n ' }, /^ValidationError: body is .*at least 1/],
      [name, { body: text }, /^ValidationError: body is "xxx.*at most 5000/],
      [name, { body: 'a\u0000b' }, /^ValidationError: body is "a\\u0000b"/],
      [name, { body: 'half \ud83d' }, /^ValidationError: body is/],
      [name, { body: null }, /^BAD_USER_INPUT: .*body/],
      [name, { body: { text } }, /^BAD_USER_INPUT: .*body/],
    ],
  ),
  ...(['updateReview', 'deleteReview', 'moderateReview'] as const).flatMap(
    (name): [MutationName, Record<string, unknown>, RegExp][] => [
      [name, { expectedVersion: 0 }, /^ValidationError: expectedVersion is 0.*at least 1/],
      [name, { expectedVersion: -1 }, /^ValidationError: expectedVersion is -1/],
      [name, { expectedVersion: 2147483648 }, /^BAD_USER_INPUT: .*2147483648/],
      [name, { expectedVersion: 'one' }, /^BAD_USER_INPUT: .*one/],
      [name, { expectedVersion: undefined }, /^BAD_USER_INPUT: .*expectedVersion/],
      [name, { id: '' }, /^ValidationError: id is ""/],
      [name, { id: 'rev_\u0000' }, /^ValidationError: id is/],
    ],
  ),
]

test.each(CASES)('%s with %j is refused and changes nothing', async (name, bad, refusal) => {
  const answer = await shop.mutate(name, { ...good[name], ...bad }, viewerOf(name))
  refused.push([`${name} ${JSON.stringify(bad)}`, answer])
  expect(refusals(answer, name)).toEqual([expect.stringMatching(refusal)])
  expect(await everything()).toEqual(before)
})

test('all errors of an input are reported together, each with its path', async () => {
  const bad = { ...good.submitReview, rating: 9, body: '', title: 'x'.repeat(121) }
  const errors = await shop.refused('submitReview', bad, customer(newId('usr')))
  expect(errors.map(({ path }: { path: string[] }) => path)).toEqual([['rating'], ['title'], ['body']])
})

test.each(['updateReview', 'deleteReview'] as const)(
  "%s of another customer's review is answered like that of an unknown one",
  async (name) => {
    const stranger = customer(newId('usr'))
    const id = String(good[name].id)
    const [own] = await shop.refused(name, good[name], stranger)
    const [none] = await shop.refused(name, { ...good[name], id: unknownId }, stranger)
    expect({ ...own, message: own.message.replace(id, unknownId) }).toEqual(none)
    expect(await everything()).toEqual(before)
  },
)

test('a vote for a review that the customer wrote, or may not see, is refused', async () => {
  const [own] = await shop.refused('markHelpful', good.markHelpful, author)
  expect(own).toMatchObject({ __typename: 'ValidationError', path: ['reviewId'] })
  const held = String(good.moderateReview.id)
  const [hidden] = await shop.refused('markHelpful', { reviewId: held }, customer(newId('usr')))
  expect(hidden.message).toBe(`there is no review "${held}"`)
  expect(await everything()).toEqual(before)
})

describe.each<[string, Viewer, MutationName[], string]>([
  [
    'a visitor',
    anonymous,
    ['submitReview', 'updateReview', 'deleteReview', 'markHelpful', 'moderateReview'],
    'UNAUTHENTICATED',
  ],
  ['a customer', author, ['moderateReview'], 'FORBIDDEN'],
  ['staff of another department', staff('catalog:write'), ['moderateReview'], 'FORBIDDEN'],
])('%s', (_, viewer, names, code) => {
  test.each(names)('may not %s', async (name) => {
    const answer = await shop.mutate(name, good[name], viewer)
    expect(answer.data).toEqual({ [name]: null })
    expect(refusals(answer, name)).toEqual([expect.stringMatching(`^${code}: `)])
    expect(await everything()).toEqual(before)
  })
})

const LISTS = {
  'Product.reviews': (args: string) =>
    `{ _entities(representations: [{ __typename: "Product", id: "${unknownProduct}" }]) { ... on Product { reviews(${args}) { totalCount } } } }`,
  'User.reviews': (args: string) =>
    `{ _entities(representations: [{ __typename: "User", id: "${newId('usr')}" }]) { ... on User { reviews(${args}) { totalCount } } } }`,
  reviewsToModerate: (args: string) => `{ reviewsToModerate(${args}) { totalCount } }`,
}
const cursor = (...parts: (string | number)[]) => `after: "${encodeCursor(String(parts[0]), parts.slice(1))}"`
const BAD_PAGES: [string, RegExp][] = [
  ['first: 0', /first is 0.*1 to 100/],
  ['first: -1', /first is -1.*1 to 100/],
  ['first: 101', /first is 101.*1 to 100/],
  ['first: 2147483648', /2147483648/],
  ['first: "ten"', /ten/],
  ['after: "nonsense"', /nonsense/],
  ['after: ""', /after is ""/],
  ['after: 5', /5/],
  [cursor('OTHER', 1, unknownId), /after is/],
  ...['HELPFUL', 'AUTHOR', 'QUEUE'].flatMap((order): [string, RegExp][] => [
    [cursor(order, 'many', unknownId), /after (is|holds)/],
    [cursor(order, 1, 'rev_\u0000'), /after (is|holds)/],
    [cursor(order, 1e300, unknownId), /after (is|holds)/],
    [cursor(order, 1.5, unknownId), /after (is|holds)/],
    [cursor(order, -1, unknownId), /after (is|holds)/],
    [cursor(order, Date.parse(LAST_INSTANT) + 1, unknownId), /after (is|holds)/],
    [cursor(order, 1), /after (is|holds)/],
    [cursor(order, 1, unknownId, 2), /after (is|holds)/],
  ]),
]

describe.each(Object.entries(LISTS))('%s', (_, list) => {
  test.each(BAD_PAGES)('refuses %s', async (args, message) => {
    const { errors } = await shop.execute(list(args), {}, moderator)
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })
})

test('an unknown sort is refused', async () => {
  const { errors } = await shop.execute(LISTS['Product.reviews']('sort: WORST'))
  expect(errors).toMatchObject([
    { message: expect.stringMatching(/WORST/), extensions: { code: 'BAD_USER_INPUT' } },
  ])
})

test('malformed ids find nothing', async () => {
  for (const id of ['', 'rev_1', unknownId, 'rev_\u0000', 'x'.repeat(100_000)]) {
    const query =
      'query ($id: ID!, $entities: [_Any!]!) { review(id: $id) { id } _entities(representations: $entities) { __typename } }'
    const entities = ['Product', 'User', 'Review'].map((__typename) => ({ __typename, id }))
    const { data, errors } = await shop.execute(query, { id, entities }, moderator)
    const refused = 'allowed is an id that starts with rev_'
    const says = id === unknownId ? [] : [{ path: ['review'], message: expect.stringContaining(refused) }]
    expect(errors).toMatchObject(says)
    expect(data).toEqual({ review: null, _entities: [null, null, null] })
  }
})

test('the whole messages are those of refusals.md', async () => {
  await expect(refusalsPage('subgraphs/reviews/bad-input.int.test.ts', refused)).toMatchFileSnapshot(
    'refusals.md',
  )
})
