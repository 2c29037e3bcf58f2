import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenSearch, openSearch } from './testing/open-search.ts'

let shop: OpenSearch
beforeAll(async () => {
  shop = await openSearch()
  await shop.aProduct({ title: 'Fjord Hiking Socks' })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const SEARCH = `query ($query: String!, $filter: SearchFilter, $first: Int, $after: String, $sort: SearchSort) {
  search(query: $query, filter: $filter, first: $first, after: $after, sort: $sort) {
    totalCount edges { node { id } highlight { title { text } } } facets { name } loosen { count }
  }
}`

const texts = [
  '',
  ' ',
  '?',
  '🧦🦄',
  "'",
  '"',
  '\\',
  "\\' OR 1=1 --",
  ':*',
  'a & b | !(c <-> d):*A',
  '<b>x</b>',
  '%_%',
  '\0',
  '\ud800',
  '-',
  '--',
  '-"',
  '"" ""',
  'the',
  'a',
  'x'.repeat(10_000),
  'word '.repeat(2_000),
  '"'.repeat(10_000),
  `"${'the '.repeat(100)}"`,
  '\u202e\u200b',
  '𝕊𝕠𝕔𝕜𝕤',
  'носки',
  '靴下',
  'a\u0301'.repeat(300),
  '1e999',
  'null',
  "''':''",
]

describe('any text is a query', () => {
  test.each(texts)('%j', async (query) => {
    const { data, errors } = await shop.execute(SEARCH, { query })
    expect(errors).toEqual([])
    expect(data.search.totalCount).toBeGreaterThanOrEqual(0)
    const suggested = await shop.execute('query ($text: String!) { suggest(prefix: $text) { text } }', {
      text: query,
    })
    expect(suggested.errors).toEqual([])
  })

  test('whatever it is made of', async () => {
    const piece = fc.oneof(
      fc.constantFrom('"', '-', '&', '|', '!', ':*', '<->', "'", '\\', '(', ')', ' ', 'sock', 'wool'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    )
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.asyncProperty(text, async (query) => {
        const { errors } = await shop.execute(SEARCH, { query })
        expect(errors).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
const id = 'prd_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'

const SIZE = { name: 'Size', anyOf: ['a'] }

/** Bad arguments of `search`, with the relevant part of the refusal. */
const BAD: [object, RegExp][] = [
  [{ first: 0 }, /first is 0: allowed is 1 to 100/],
  [{ first: 101 }, /first is 101: allowed is 1 to 100/],
  [{ after: 'nonsense' }, /after is "nonsense"/],
  [{ after: cursor('NEWEST', 1, id) }, /same sort/],
  [{ after: cursor('RELEVANCE', 1, 'prd_x') }, /allowed is a cursor of this list/],
  [{ after: cursor('RELEVANCE', 'x', id) }, /allowed is a cursor of this list/],
  [{ sort: 'NEWEST', after: cursor('NEWEST', 1e300, id) }, /allowed is a cursor of this list/],
  [{ sort: 'RATING', after: cursor('RATING', -1e300, id) }, /allowed is a cursor of this list/],
  [{ sort: 'PRICE_ASC', after: cursor('PRICE_ASC:USD', 1e19, id) }, /allowed is a cursor of this list/],
  [{ filter: { categoryIds: ['nonsense'] } }, /filter.categoryIds is "nonsense"/],
  [
    { filter: { categoryIds: Array(51).fill(id.replace('prd', 'cat')) } },
    /has 51 entries: allowed is 0 to 50/,
  ],
  [{ filter: { minPrice: '-1' } }, /filter.minPrice is "-1"/],
  [{ filter: { maxPrice: '1.234' } }, /at most 2 in USD/],
  [{ filter: { minPrice: '0.5', currency: 'JPY' } }, /at most 0 in JPY/],
  [{ filter: { minPrice: '2', maxPrice: '1' } }, /allowed is at most maxPrice/],
  [{ filter: { minRating: 5.5 } }, /filter.minRating is 5.5: allowed is 0 to 5/],
  [{ filter: { minRating: -1 } }, /filter.minRating is -1/],
  [{ filter: { attributes: [{ name: 'Size', anyOf: [] }] } }, /has 0 entries: allowed is 1 to 50/],
  ...['', 'x'.repeat(61), 'x'.repeat(10_000), '\ud800', '\0'].flatMap((text): [object, RegExp][] => [
    [{ filter: { attributes: [SIZE, { name: text, anyOf: ['a'] }] } }, /filter.attributes.name is "/],
    [{ filter: { attributes: [SIZE, { name: 'Cut', anyOf: ['a', text] }] } }, /filter.attributes.anyOf is "/],
  ]),
  [{ filter: { attributes: Array(11).fill({ name: 'a', anyOf: ['b'] }) } }, /has 11 entries/],
  [
    {
      filter: {
        attributes: [
          { name: 'Size', anyOf: ['a'] },
          { name: 'Size', anyOf: ['b'] },
        ],
      },
    },
    /names "Size" twice/,
  ],
]
/** Bad inputs of `recordSearchClick`, with the field. */
const BAD_CLICKS: [object, string[]][] = [
  [{ query: '', productId: id }, ['query']],
  [{ query: 'x'.repeat(201), productId: id }, ['query']],
  [{ query: 'socks', productId: 'nonsense' }, ['productId']],
]
const CLICK = `mutation ($input: RecordSearchClickInput!) {
  recordSearchClick(input: $input) { isCounted userErrors { __typename ... on UserError { message path } } } }`

describe('arguments that are refused, with the bad value and what is allowed', () => {
  test.each(BAD)('%j', async (args, message) => {
    const { data, errors } = await shop.execute(SEARCH, { query: '', ...args })
    expect(data.search).toBeNull()
    expect(errors[0]?.message).toMatch(message)
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
  })

  test.each([0, 21])('suggest with limit %d', async (limit) => {
    const { errors } = await shop.execute(`{ suggest(prefix: "a", limit: ${limit}) { text } }`)
    expect(errors[0]?.message).toBe(`limit is ${limit}: allowed is 1 to 20`)
  })

  test.each(BAD_CLICKS)('recordSearchClick with %j', async (input, path) => {
    const { data } = await shop.execute(CLICK, { input })
    expect(data.recordSearchClick).toMatchObject({ isCounted: false, userErrors: [{ path }] })
  })

  test('the whole messages are those of refusals.md', async () => {
    const all: Refused[] = []
    for (const [args] of BAD)
      all.push([`search ${JSON.stringify(args)}`, await shop.execute(SEARCH, { query: '', ...args })])
    for (const [input] of BAD_CLICKS)
      all.push([`recordSearchClick ${JSON.stringify(input)}`, await shop.execute(CLICK, { input })])
    await expect(refusalsPage('subgraphs/search/bad-input.int.test.ts', all)).toMatchFileSnapshot(
      'refusals.md',
    )
  })
})

test.each([
  [{ categoryIds: ['cat_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'] }],
  [{ attributes: [{ name: 'Smell', anyOf: ['Rose'] }] }],
  [{ minPrice: '9999999999.99' }],
])('a filter that nothing satisfies finds nothing: %j', async (filter) => {
  expect(await shop.search('', { filter }, 'totalCount edges { cursor } loosen { kind count }')).toEqual({
    totalCount: 0,
    edges: [],
    loosen: [{ kind: 'FILTER', count: 1 }],
  })
})
