import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenSearch, openSearch } from './testing/open-search.ts'

let shop: OpenSearch
let sport: string
let hiking: string

beforeAll(async () => {
  shop = await openSearch()
  sport = await shop.aCategory('Sport')
  hiking = await shop.aCategory('Hiking', sport)
  await shop.aProduct({
    title: 'Fjord Striped Hiking Socks',
    description: 'Even stripes, in merino wool. Wash at 30 °C.',
    categoryId: hiking,
    colours: ['Moss', 'Ink'],
    sizes: ['S', 'M'],
    usd: 20,
  })
  await shop.aProduct({
    title: 'Harbour Argyle Dress Socks',
    description: 'Diamonds, in fine cotton. A wool programme keeps them soft.',
    colours: ['Ink'],
    usd: 30,
  })
  await shop.aProduct({ title: 'Wollige Strümpfe', description: 'Ganz weiche Häuser für Füße.', usd: 10 })
})
afterAll(() => shop.close())

describe('words', () => {
  test.each([
    ['hiking', ['Fjord Striped Hiking Socks']],
    ['HIKING sock', ['Fjord Striped Hiking Socks']],
    ['stripe', ['Fjord Striped Hiking Socks']],
    ['dress', ['Harbour Argyle Dress Socks']],
    ['sport', ['Fjord Striped Hiking Socks']],
    ['"argyle dress"', ['Harbour Argyle Dress Socks']],
    ['"dress argyle"', []],
    ['ink -argyle', ['Fjord Striped Hiking Socks']],
    ['strumpfe weich', ['Wollige Strümpfe']],
    ['Haus', ['Wollige Strümpfe']],
    ['Wandersocken', ['Fjord Striped Hiking Socks']],
    ['blue suit', ['Harbour Argyle Dress Socks']],
    ['merino', ['Fjord Striped Hiking Socks']],
    ['unobtainium', []],
  ])('%s', async (query, titles) => {
    expect(await shop.titles(query)).toEqual(titles)
  })

  test('the whole answer', async () => {
    const answer = await shop.search('hking')
    expect(answer).toMatchObject({
      didYouMean: 'hiking',
      totalCount: 1,
      isTotalCountExact: true,
      loosen: [],
      priceRange: { min: { amount: '20.00' }, max: { amount: '20.00' } },
    })
    expect(answer.edges[0].highlight.title).toEqual([
      { text: 'Fjord Striped ', isMatch: false },
      { text: 'Hiking', isMatch: true },
      { text: ' Socks', isMatch: false },
    ])
    expect(answer.facets.map(({ name }: { name: string }) => name)).toEqual([
      'Category',
      'Colour',
      'Size',
      'Availability',
    ])
  })
})

describe('sizes and prices in a text', () => {
  const titles = async (query: string, args: Record<string, unknown> = {}) =>
    (await shop.search(query, args)).edges.map(({ node }: { node: { title: string } }) => node.title)

  test('a number means the sizes around it, and is left out where nothing has both', async () => {
    await shop.aProduct({ title: 'Cinder Plain Crew Socks', sizes: ['36–40', '41–46'] })
    await shop.aProduct({ title: 'Larch Plain Crew Socks', sizes: ['36–40'] })
    expect(await titles('crew size 42')).toEqual(['Cinder Plain Crew Socks'])
    expect(await titles('cinder -42')).toEqual([])
    expect(await titles('crew 36-40')).toHaveLength(2)
    expect(await titles('hiking 42')).toEqual(['Fjord Striped Hiking Socks'])
    // Behind the last page of those of the size there are no others.
    const { edges } = await shop.search('crew 42', { first: 1 })
    expect(await titles('crew 42', { after: edges[0].cursor })).toEqual([])
  })

  test('a limit of the price is a filter, unless the filter has one', async () => {
    expect(await titles('socks under $25')).not.toContain('Harbour Argyle Dress Socks')
    expect(await titles('argyle under $25')).toEqual([])
    expect(await titles('argyle under 30 €')).toEqual(['Harbour Argyle Dress Socks'])
    expect(await titles('argyle under 4500 yen')).toEqual(['Harbour Argyle Dress Socks'])
    expect(await titles('argyle under $25', { filter: { maxPrice: '30' } })).toEqual([
      'Harbour Argyle Dress Socks',
    ])
  })
})
