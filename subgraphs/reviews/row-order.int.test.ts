import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { expectPages } from '@argyle/kit/testing/past-events'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { history } from './history.ts'
import type { Resources } from './subgraph.ts'
import { type OpenReviews, openReviews } from './testing/open-reviews.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed.

let shop: OpenReviews
let database: Awaited<ReturnType<typeof sequentialDatabase>>
let productId: string
const author = newId('usr')
/** Ids of published reviews of one product, of the reviews of one author, and of pending reviews; in the order of creation. */
const ids: Record<'published' | 'own' | 'pending', string[]> = { published: [], own: [], pending: [] }

beforeAll(async () => {
  database = await sequentialDatabase('reviews')
  shop = await openReviews({ database, clock: () => new Date('2026-11-21T09:00:00Z') })
  productId = await shop.aProduct()
  const held = { body: 'See www.example.com' }
  for (let number = 0; number < 4; number++) {
    ids.published.push((await shop.aReview(productId)).id)
    ids.own.push((await shop.aReview(await shop.aProduct(), customer(author))).id)
    ids.pending.push((await shop.aReview(await shop.aProduct(), undefined, held)).id)
  }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

type List = { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }
const PAGE = '{ edges { node { id } } pageInfo { hasNextPage endCursor } }'

/** Reads a list to its end, two reviews a page. */
async function walk(read: (args: string) => Promise<List>, sort = ''): Promise<string[]> {
  const all: string[] = []
  for (let after: string | null = null; ; ) {
    const list = await read(`(first: 2, after: ${JSON.stringify(after)}${sort})`)
    all.push(...list.edges.map(({ node }) => node.id))
    if (!list.pageInfo.hasNextPage) return all
    after = list.pageInfo.endCursor
  }
}

/** The lists of reviews that have one value of every sort: the ids decide. */
describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  beforeEach(async () => {
    if (order === 'reversed') await reverseRows(database)
  })

  test.each([
    ['HELPFUL', 'newest'],
    ['NEWEST', 'newest'],
    ['RATING_DESC', 'newest'],
    ['RATING_ASC', 'oldest'],
  ])('reviews of a product by %s: the %s first', async (sort, first) => {
    const read = async (args: string) =>
      (await shop.products([productId], `reviews${args} ${PAGE}`))[0].reviews
    const expected = first === 'newest' ? ids.published.toReversed() : ids.published
    expect(await walk(read, `, sort: ${sort}`)).toEqual(expected)
  })

  test('reviews of an author: the newest first', async () => {
    const read = async (args: string) => {
      const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { reviews${args} ${PAGE} } } }`
      const { data } = await shop.execute(query, { of: [{ __typename: 'User', id: author }] })
      return data._entities[0].reviews
    }
    expect(await walk(read)).toEqual(ids.own.toReversed())
  })

  test('the moderators’ queue: the oldest first', async () => {
    const read = async (args: string) =>
      (await shop.execute(`{ reviewsToModerate${args} ${PAGE} }`, {}, staff('reviews:moderate'))).data
        .reviewsToModerate
    expect(await walk(read)).toEqual(ids.pending)
  })

  test('the history of ratings: by the ids of products, page by page, and since a time', async () => {
    await expectPages(history, shop.resources as Resources, 'search')
  })
})
