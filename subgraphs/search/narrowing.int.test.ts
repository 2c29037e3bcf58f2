import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isFiltering, readFilter } from './filter.ts'
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
  const fjord = await shop.aProduct({
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
  // Fjord is in stock, but not in S.
  await shop.stock(fjord.variants[0]?.variantId ?? '', 'OUT_OF_STOCK', 2)
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

describe('filters', () => {
  test.each([
    [{}, ['Fjord Hiking', 'Gone Dress', 'Larch Hiking', 'Weir Running']],
    [only('Colour', 'Moss'), ['Fjord Hiking', 'Gone Dress', 'Weir Running']],
    [only('Colour', 'Moss', 'Ink'), ['Fjord Hiking', 'Gone Dress', 'Larch Hiking', 'Weir Running']],
    [{ ...only('Colour', 'Moss'), inStockOnly: true }, ['Fjord Hiking', 'Weir Running']],
    [{ minPrice: '20.00' }, ['Fjord Hiking', 'Gone Dress', 'Larch Hiking']],
    [{ minPrice: '15', maxPrice: '26' }, ['Fjord Hiking', 'Larch Hiking']],
    [{ maxPrice: '1500', currency: 'JPY' }, ['Weir Running']],
    [{ minPrice: '19.00', maxPrice: '19.00', currency: 'EUR' }, ['Fjord Hiking']],
    [{ minPrice: '0', minRating: 0 }, ['Fjord Hiking', 'Gone Dress', 'Larch Hiking', 'Weir Running']],
    [{ ...only('Size', 'S') }, ['Fjord Hiking']],
    [only('Size', 'Moss'), []],
    [{ ...only('Size', 'S'), inStockOnly: true }, []],
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

test.each<[object, boolean]>([
  [{}, false],
  [{ currency: 'EUR' }, false],
  [{ inStockOnly: true }, true],
  [{ categoryIds: ['cat_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'] }, true],
  [only('Size', 'S'), true],
  [{ minPrice: '1' }, true],
  [{ maxPrice: '1' }, true],
  [{ minRating: 1 }, true],
])('the filter %j restricts a search: %s', (filter, isRestricting) => {
  expect(isFiltering(readFilter(filter))).toBe(isRestricting)
})

describe('what can be left out so that something is found', () => {
  const loosen = async (query: string, filter: object) =>
    (await shop.search(query, { filter }, 'loosen { kind name count }')).loosen

  test.each<[string, object, string]>([
    ['gone', { inStockOnly: true }, 'inStockOnly'],
    ['gone', { minRating: 5 }, 'minRating'],
    ['gone', { minPrice: '900' }, 'minPrice, maxPrice'],
    ['gone', { maxPrice: '1' }, 'minPrice, maxPrice'],
    ['gone', { categoryIds: ['cat_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'] }, 'categoryIds'],
    ['gone', only('Colour', 'Ink'), 'Colour'],
    ['gone', { ...only('Colour', 'Moss'), inStockOnly: true }, 'inStockOnly'],
  ])('of %s with %j: %s', async (query, filter, name) => {
    expect(await loosen(query, filter)).toEqual([{ kind: 'FILTER', name, count: 1 }])
  })

  test('each term but the last one, the largest number first, and parts of the filter', async () => {
    expect(await loosen('hiking dress', {})).toEqual([
      { kind: 'TERM', name: 'dress', count: 2 },
      { kind: 'TERM', name: 'hiking', count: 1 },
    ])
    // Without either term the filter still finds nothing.
    expect(await loosen('hiking dress', { minRating: 5 })).toEqual([])
  })
})

describe('facets', () => {
  test('show a choice without results', async () => {
    expect(
      await facets('gone', { ...only('Colour', 'Ink'), categoryIds: [sport], inStockOnly: true }),
    ).toEqual({
      Category: { '*Sport': 0 },
      Colour: { '*Ink': 0 },
      Availability: { '*In stock': 0 },
    })
  })

  test('count all that was found', async () => {
    expect(await facets('gone')).toEqual({ Colour: { Moss: 1 }, Size: { M: 1 } })
    expect(await facets('')).toEqual({
      Category: { Sport: 3, Hiking: 2 },
      Colour: { Moss: 3, Ink: 2 },
      Size: { M: 3, L: 1, S: 1 },
      Availability: { 'In stock': 3 },
    })
    const fields = 'facets { kind name values { value label } }'
    const [category] = (await shop.search('weir', {}, fields)).facets
    expect(category).toEqual({
      ...{ kind: 'CATEGORY', name: 'Category', values: [{ value: sport, label: 'Sport' }] },
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

  test('a product counts once for a value that several of its variants have', async () => {
    expect(await facets('', { minPrice: '20' })).toMatchObject({
      Colour: { Moss: 2, Ink: 1 },
      Size: { M: 3, S: 1 },
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
    // Fjord is in stock in Moss, but not in S.
    const { Size } = await facets('', { ...only('Colour', 'Moss'), inStockOnly: true })
    expect(Size).toEqual({ L: 1, M: 1 })
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
    const rangeOf = async (filter?: object) =>
      (await shop.search('', { filter }, 'priceRange { min { amount } max { amount } }')).priceRange
    expect(await rangeOf()).toEqual({ min: { amount: '10.00' }, max: { amount: '30.00' } })
    expect(await rangeOf({ currency: 'EUR' })).toEqual({ min: { amount: '9.00' }, max: { amount: '29.00' } })
    expect(await rangeOf({ currency: 'JPY' })).toEqual({ min: { amount: '1500' }, max: { amount: '4500' } })
  })
})

describe('sorts and pages', () => {
  test('arguments that are null have their default values', async () => {
    const filter = { categoryIds: null, attributes: null, currency: null, inStockOnly: null, minRating: null }
    const nulls = { sort: null, first: null, after: null, filter }
    expect(await shop.titles('', nulls)).toEqual(await shop.titles(''))
  })

  test.each([
    ['PRICE_ASC', ['Weir Running', 'Fjord Hiking', 'Larch Hiking', 'Gone Dress']],
    ['PRICE_DESC', ['Gone Dress', 'Larch Hiking', 'Fjord Hiking', 'Weir Running']],
  ])('%s', async (sort, titles) => {
    expect(await shop.titles('', { sort })).toEqual(titles)
    const scored = await shop.search('weir', { sort, filter: { currency: 'EUR' } }, 'edges { score }')
    expect(scored.edges).toEqual([{ score: 900 }])
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

describe('the least rating', () => {
  const found = (minRating: number) => shop.titles('quoll', { filter: { minRating } })
  const rate = (productId: string, sequence: number, rating: object) =>
    shop.deliver('reviews.rating.changed', { productId, ...rating }, { subject: productId, sequence })

  test('is that of a product or below it, also between whole numbers', async () => {
    const { productId } = await shop.aProduct({ title: 'Quoll Crew' })
    await rate(productId, 1, { count: 5, average: 4.6 })
    expect([await found(4.6), await found(4.61)]).toEqual([['Quoll Crew'], []])
  })

  test('is reached by no product without a published review, unless it is 0', async () => {
    const { productId } = await shop.aProduct({ title: 'Quoll Ankle' })
    await rate(productId, 1, { count: 1, average: 5 })
    await rate(productId, 2, { count: 0, average: null })
    expect([await found(0), await found(1)]).toEqual([['Quoll Crew', 'Quoll Ankle'], ['Quoll Crew']])
  })
})

test('a filter may have 50 categories, and 10 attributes of 50 values of 60 characters', async () => {
  const categoryIds = Array.from({ length: 50 }, () => sport)
  const attributes = Array.from({ length: 10 }, (_, index) => ({
    name: `${index}`.padEnd(60, 'x'),
    anyOf: Array.from({ length: 50 }, (__, value) => `${value}`.padEnd(60, 'y')),
  }))
  // A character is a code point, as in an option of a product.
  attributes[0] = { name: '🧦'.repeat(60), anyOf: ['🧦'.repeat(60)] }
  expect(await shop.titles('', { filter: { categoryIds, attributes } })).toEqual([])
  const tooLong = [{ name: 'Colour', anyOf: ['🧦'.repeat(61)] }]
  await expect(shop.search('', { filter: { attributes: tooLong } })).rejects.toThrow('1 to 60 characters')
  expect(await shop.titles('weir', { filter: { categoryIds } })).toEqual(['Weir Running'])
})

test('a facet has the 100 most frequent values', async () => {
  const colours = Array.from({ length: 101 }, (_, index) => `Shade ${String(index).padStart(3, '0')}`)
  await shop.aProduct({ title: 'Bowerbird Crew', colours })
  const { Colour = {} } = await facets('bowerbird')
  expect(Object.keys(Colour)).toEqual(colours.slice(0, 100))
})
