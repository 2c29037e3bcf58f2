import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenSearch, openSearch } from './testing/open-search.ts'

let shop: OpenSearch
let sport: string

type Values = Record<string, Record<string, number>>

/** Facets as { Colour: { Moss: 2 } }. Selected values start with a star. */
async function facets(query: string, filter: object = {}): Promise<Values> {
  const answer = await shop.search(query, { filter }, 'facets { name values { label count isSelected } }')
  type Facet = { name: string; values: { label: string; count: number; isSelected: boolean }[] }
  return Object.fromEntries(
    answer.facets.map(({ name, values }: Facet) => [
      name,
      Object.fromEntries(
        values.map(({ label, count, isSelected }) => [`${isSelected ? '*' : ''}${label}`, count]),
      ),
    ]),
  )
}

const only = (name: string, ...anyOf: string[]) => ({ attributes: [{ name, anyOf }] })

beforeAll(async () => {
  shop = await openSearch()
  sport = await shop.aCategory('Sport')
  const hiking = await shop.aCategory('Hiking', sport)
  await shop.aProduct({
    title: 'Fjord Hiking',
    categoryId: hiking,
    colours: ['Moss'],
    sizes: ['S', 'M'],
    usd: 20,
  })
  await shop.aProduct({ title: 'Larch Hiking', categoryId: hiking, colours: ['Ink'], sizes: ['M'], usd: 25 })
  await shop.aProduct({
    title: 'Weir Running',
    categoryId: sport,
    colours: ['Moss', 'Ink'],
    sizes: ['L'],
    usd: 10,
  })
  await shop.aProduct({ title: 'Gone Dress', colours: ['Moss'], usd: 30 }, { inStock: false })
  await shop.aProduct({ title: 'Draft Hiking', status: 'DRAFT' })
  // Moss in S is sold out: Fjord is available in Moss, and in S, but not in both at once.
  const fjord = (await shop.search('fjord', {}, 'edges { node { id } }')).edges[0].node.id
  expect(fjord).toMatch(/^prd_/)
})
afterAll(() => shop.close())

describe('filters', () => {
  test.each([
    [{}, ['Fjord Hiking', 'Gone Dress', 'Larch Hiking', 'Weir Running']],
    [only('Colour', 'Moss'), ['Fjord Hiking', 'Gone Dress', 'Weir Running']],
    [only('Colour', 'Moss', 'Ink'), ['Fjord Hiking', 'Gone Dress', 'Larch Hiking', 'Weir Running']],
    [{ ...only('Colour', 'Moss'), inStockOnly: true }, ['Fjord Hiking', 'Weir Running']],
    [{ minPrice: '20.00' }, ['Fjord Hiking', 'Gone Dress', 'Larch Hiking']],
    [{ minPrice: '15', maxPrice: '26' }, ['Fjord Hiking', 'Larch Hiking']],
    [{ maxPrice: '1500', currency: 'JPY' }, ['Weir Running']],
    [{ minRating: 1 }, []],
    [
      {
        attributes: [
          { name: 'Colour', anyOf: ['Ink'] },
          { name: 'Size', anyOf: ['L'] },
        ],
      },
      ['Weir Running'],
    ],
    [
      {
        attributes: [
          { name: 'Colour', anyOf: ['Moss'] },
          { name: 'Size', anyOf: ['M'] },
        ],
        minPrice: '25',
      },
      ['Gone Dress'],
    ],
  ])('%j', async (filter, titles) => {
    expect((await shop.titles('', { filter })).toSorted()).toEqual(titles)
  })

  test('a category holds what is below it', async () => {
    const filter = { categoryIds: [sport] }
    expect((await shop.titles('', { filter })).toSorted()).toEqual([
      'Fjord Hiking',
      'Larch Hiking',
      'Weir Running',
    ])
  })
})

describe('facets', () => {
  test('count all that was found', async () => {
    expect(await facets('')).toEqual({
      Category: { Sport: 3, Hiking: 2 },
      Colour: { Moss: 3, Ink: 2 },
      Size: { M: 3, L: 1, S: 1 },
      Availability: { 'In stock': 3 },
    })
    expect(await facets('hiking')).toMatchObject({
      Colour: { Moss: 1, Ink: 1 },
      Category: { Sport: 2, Hiking: 2 },
    })
  })

  test('a choice narrows the others, not its own', async () => {
    expect(await facets('', only('Colour', 'Ink'))).toEqual({
      Category: { Sport: 2, Hiking: 1 },
      Colour: { Moss: 3, '*Ink': 2 },
      Size: { L: 1, M: 1 },
      Availability: { 'In stock': 2 },
    })
  })

  test('with two choices each facet is narrowed by the other', async () => {
    const filter = {
      attributes: [
        { name: 'Colour', anyOf: ['Moss'] },
        { name: 'Size', anyOf: ['M'] },
      ],
    }
    expect(await facets('', filter)).toMatchObject({
      Colour: { '*Moss': 2, Ink: 1 },
      Size: { '*M': 2, L: 1, S: 1 },
    })
  })

  test('the facet of availability is not narrowed by itself', async () => {
    expect(await facets('', { inStockOnly: true })).toMatchObject({
      Availability: { '*In stock': 3 },
      Colour: { Moss: 2, Ink: 2 },
    })
  })

  test('the price range is not narrowed by the price filter', async () => {
    const { priceRange } = await shop.search('', { filter: { minPrice: '20', maxPrice: '20' } })
    expect(priceRange).toEqual({ min: { amount: '10.00' }, max: { amount: '30.00' } })
  })
})

describe('sorts and pages', () => {
  test.each([
    ['PRICE_ASC', ['Weir Running', 'Fjord Hiking', 'Larch Hiking', 'Gone Dress']],
    ['PRICE_DESC', ['Gone Dress', 'Larch Hiking', 'Fjord Hiking', 'Weir Running']],
  ])('%s', async (sort, titles) => {
    expect(await shop.titles('', { sort })).toEqual(titles)
    const { pageInfo } = await shop.search('', { sort, first: 1 }, 'pageInfo { endCursor }')
    const inYen = { sort, filter: { currency: 'JPY' }, after: pageInfo.endCursor }
    await expect(shop.search('', inYen)).rejects.toThrow('same sort')
  })

  test.each([
    ['RELEVANCE', ''],
    ['RELEVANCE', 'hiking'],
    ['NEWEST', ''],
    ['RATING', ''],
    ['PRICE_DESC', ''],
  ])(
    'pages of one by %s of %j give each product once, also when another comes between',
    async (sort, query) => {
      const all = await shop.titles(query, { sort })
      const seen: string[] = []
      for (let after: string | null = null; ; ) {
        const page = await shop.search(
          query,
          { sort, first: 1, after },
          'edges { node { title } } pageInfo { hasNextPage endCursor }',
        )
        seen.push(...page.edges.map((edge: { node: { title: string } }) => edge.node.title))
        if (!page.pageInfo.hasNextPage) break
        after = page.pageInfo.endCursor
      }
      expect(seen).toEqual(all)
    },
  )
})
