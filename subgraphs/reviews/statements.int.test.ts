import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenReviews, openReviews } from './testing/open-reviews.ts'

let shop: OpenReviews
let productIds: string[]
beforeAll(async () => {
  shop = await openReviews()
  productIds = Array.from({ length: 50 }, () => newId('prd'))
  await shop.sql(`INSERT INTO known_product SELECT unnest($1::text[]), 'ACTIVE', 1`, productIds)
  await shop.sql(
    `
    INSERT INTO review (id, product_id, author_id, rating, body, status, version, helpful_count, created_at, updated_at)
    SELECT 'rev_' || uuidv7(), p, 'usr_' || n, 1 + n % 5, 'Warm.', 'PUBLISHED', 1, n % 3, now(), now()
      FROM unnest($1::text[]) AS p CROSS JOIN generate_series(1, 8) AS n`,
    productIds,
  )
  await shop.sql(`INSERT INTO author SELECT 'usr_' || n, 'Customer ' || n, 1 FROM generate_series(1, 8) AS n`)
  await shop.sql(`INSERT INTO rating_summary SELECT unnest($1::text[]), 1, 2, 2, 2, 1, now()`, productIds)
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const PAGE = `
  rating { average count histogram }
  reviews(first: 5) { totalCount pageInfo { hasNextPage } edges { node {
    id rating title body viewerHasVotedHelpful author { id displayName } product { id rating { count } } } } }`

test('products with rating and five reviews each cost as many statements for 50 as for one: three', async () => {
  const viewer = customer(newId('usr'))
  const one = await shop.sqlCount(() => shop.products(productIds.slice(0, 1), PAGE, viewer))
  let products: { rating: object; reviews: { edges: object[] } }[] = []
  const fifty = await shop.sqlCount(async () => {
    products = await shop.products(productIds, PAGE, viewer)
  })
  expect([one, fifty]).toEqual([3, 3])
  expect(products).toHaveLength(50)
  for (const product of products) {
    expect(product).toMatchObject({
      rating: { average: 3, count: 8 },
      reviews: { totalCount: 8, pageInfo: { hasNextPage: true } },
    })
    expect(product.reviews.edges).toHaveLength(5)
    expect(product.reviews.edges[0]).toMatchObject({
      node: { viewerHasVotedHelpful: false, author: { displayName: expect.stringMatching(/^Customer/) } },
    })
  }
})

test('the product page of a visitor costs two statements, the names of the authors included', async () => {
  const page =
    'rating { average count } reviews(first: 5) { totalCount edges { node { body author { displayName } } } }'
  expect(await shop.sqlCount(() => shop.products(productIds, page))).toBe(2)
})

test('references to users and reviews are batched too', async () => {
  const rows = await shop.sql<{ id: string }>('SELECT id FROM review LIMIT 40')
  const representations = [
    ...rows.map(({ id }) => ({ __typename: 'Review', id })),
    ...Array.from({ length: 40 }, () => ({ __typename: 'User', id: newId('usr') })),
  ]
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on Review { body } ... on User { reviews { totalCount edges { node { id } } } } } }`
  const statements = await shop.sqlCount(async () => {
    const { data, errors } = await shop.execute(query, { representations })
    expect(errors).toEqual([])
    expect(data._entities.filter((entity: { body?: string }) => entity.body === 'Warm.')).toHaveLength(40)
  })
  expect(statements).toBe(3)
})

test('each author has their own page and count, each review the vote of the viewer', async () => {
  const viewer = customer(newId('usr'))
  const viewerId = viewer.kind === 'user' ? viewer.id : ''
  const authors = [newId('usr'), newId('usr')]
  const ids = [0, 1, 2].map(() => newId('rev'))
  for (const [place, id] of ids.entries())
    await shop.sql(
      `INSERT INTO review (id, product_id, author_id, rating, body, status, version, helpful_count, created_at, updated_at)
       VALUES ($1, $2, $3, 5, 'Warm.', 'PUBLISHED', 1, 0, now(), now())`,
      ...[id, productIds[place], authors[place === 0 ? 1 : 0]],
    )
  await shop.sql('INSERT INTO helpful_vote VALUES ($1, $2, now())', ids[0], viewerId)
  await shop.sql('INSERT INTO helpful_vote VALUES ($1, $2, now())', ids[2], newId('usr'))
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) {
    ... on User { reviews(first: 1) { totalCount edges { node { id viewerHasVotedHelpful } } } } } }`
  const of = authors.toReversed().map((id) => ({ __typename: 'User', id }))
  const { data, errors } = await shop.execute(query, { of }, viewer)
  expect(errors).toEqual([])
  const page = (totalCount: number, id: string | undefined, viewerHasVotedHelpful: boolean) => ({
    reviews: { totalCount, edges: [{ node: { id, viewerHasVotedHelpful } }] },
  })
  expect(data._entities).toEqual([page(1, ids[0], true), page(2, ids[2], false)])
})
