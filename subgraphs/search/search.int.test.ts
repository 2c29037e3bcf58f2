import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenSearch, openSearch, productData } from './testing/open-search.ts'

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
expectEarlierRowsKept(() => shop, ['word ('])

describe('words', () => {
  test.each([
    ['hiking', ['Fjord Striped Hiking Socks']],
    ['HIKING sock', ['Fjord Striped Hiking Socks']],
    ['stripe', ['Fjord Striped Hiking Socks']],
    ['dress', ['Harbour Argyle Dress Socks']],
    ['"colour ink" argyle', ['Harbour Argyle Dress Socks']],
    ['sport', ['Fjord Striped Hiking Socks']],
    ['"argyle dress"', ['Harbour Argyle Dress Socks']],
    ['"dress argyle"', []],
    ['ink -argyle', ['Fjord Striped Hiking Socks']],
    ['strumpfe weich', ['Wollige Strümpfe']],
    ['Haus', ['Wollige Strümpfe']],
    ['Wandersocken', ['Fjord Striped Hiking Socks']],
    ['blue suit', ['Harbour Argyle Dress Socks']],
    ['merino', ['Fjord Striped Hiking Socks']],
    ['very hiking', ['Fjord Striped Hiking Socks']],
    ['sehr hiking', ['Fjord Striped Hiking Socks']],
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

test('a text without a searchable term finds nothing, and nothing of it can be left out', async () => {
  const fields =
    'edges { cursor } totalCount didYouMean facets { name } priceRange { min { amount } } loosen { name }'
  expect(await shop.search('???', { filter: { inStockOnly: true } }, fields)).toEqual({
    ...{
      edges: [],
      totalCount: 0,
      didYouMean: null,
      facets: [{ name: 'Availability' }],
      priceRange: null,
      loosen: [],
    },
  })
  // A word is known by its stem, in English and in German.
  for (const word of ['hiking', 'hikings', 'weichem'])
    expect(await shop.search(word, {}, 'searchedFor didYouMean')).toEqual({
      ...{ searchedFor: word.toLowerCase(), didYouMean: null },
    })
})

describe('sizes and prices in a text', () => {
  const titles = async (query: string, args: Record<string, unknown> = {}) =>
    (await shop.search(query, args)).edges.map(({ node }: { node: { title: string } }) => node.title)

  test('a number means the sizes around it, and is left out where nothing has both', async () => {
    await shop.aProduct({ title: 'Cinder Plain Crew Socks', sizes: ['36–40', '41–46'] })
    await shop.aProduct({ title: 'Larch Plain Crew Socks', sizes: ['36–40'] })
    await shop.aProduct({ title: 'Alder Plain Knee Socks', sizes: ['30-35'] })
    // A size that only a product has which is not on sale.
    await shop.aProduct({ title: 'Cinder Plain Knee Socks', sizes: ['47–49'], status: 'ARCHIVED' })
    expect(await titles('crew size 42')).toEqual(['Cinder Plain Crew Socks'])
    expect(await titles('cinder -42')).toEqual([])
    expect((await shop.search('cinder -42', {}, 'loosen { name }')).loosen).toContainEqual({ name: '42' })
    expect(await titles('crew 36-40')).toHaveLength(2)
    expect(await titles('alder -32')).toEqual([])
    expect(await titles('hiking 42')).toEqual(['Fjord Striped Hiking Socks'])
    // Behind the last page of those of the size there are no others.
    const { edges } = await shop.search('crew 42', { first: 1 })
    const behind = { after: edges[0].cursor }
    expect(await shop.search('crew 42', behind, 'edges { cursor } loosen { name }')).toEqual({
      ...{ edges: [], loosen: [] },
    })
    expect(await titles('48')).toEqual([])
    // The size is left out on each page.
    const left = await shop.search('crew 48', { first: 1 })
    expect(await titles('crew 48', { after: left.edges[0].cursor })).toHaveLength(1)
  })

  test('a limit of the price is a filter, unless the filter has one', async () => {
    expect(await titles('socks under $25')).not.toContain('Harbour Argyle Dress Socks')
    expect(await titles('argyle under $25')).toEqual([])
    expect(await titles('argyle under 29 €')).toEqual(['Harbour Argyle Dress Socks'])
    expect(await titles('argyle under 28.99 €')).toEqual([])
    expect(await titles('argyle under 30', { filter: { currency: 'JPY' } })).toEqual([])
    expect(await titles('argyle under $25', { filter: { minPrice: '30' } })).toEqual([
      'Harbour Argyle Dress Socks',
    ])
    for (const yen of ['4500', '4500.25'])
      expect(await titles(`argyle under ${yen} yen`)).toEqual(['Harbour Argyle Dress Socks'])
    expect(await titles('argyle under $25', { filter: { maxPrice: '30' } })).toEqual([
      'Harbour Argyle Dress Socks',
    ])
  })
})

describe('hits by relevance', () => {
  test('have a score without the words that are too common to be looked up', async () => {
    const { edges } = await shop.search('"in an" "hiking socks"', {}, 'edges { score }')
    expect(edges).toEqual([{ score: expect.closeTo(1.02, 4) }])
  })

  test('that are equal are in the order of their ids, though sales differ a little, each on one page', async () => {
    const ids: string[] = [newId('prd'), newId('prd')].toSorted()
    for (const [place, name] of ['First', 'Other'].entries()) {
      const data = productData(ids[place] ?? '', { title: `Sengi ${name}` })
      await shop.deliver('products.product.changed', data, { subject: data.productId })
    }
    const raise = 'UPDATE listing SET popularity = 1e-6 WHERE product_id = $1'
    await shop.resources.prisma.$executeRawUnsafe(raise, ids[1])
    const fields = 'edges { node { title } } pageInfo { endCursor }'
    const first = await shop.search('sengi', { first: 1 }, fields)
    const second = await shop.search('sengi', { first: 1, after: first.pageInfo.endCursor }, fields)
    expect([...first.edges, ...second.edges].map(({ node }) => node.title)).toEqual([
      'Sengi First',
      'Sengi Other',
    ])
  })

  test('have the words in the title first, then in a category, in the first sentence, in the rest of the description', async () => {
    const categoryId = await shop.aCategory('Galago')
    const ends = ['.', '!', '?']
    for (const end of ends)
      await shop.aProduct({ title: `Rest${end} Ankle`, description: `Knitted${end} With a galago.` })
    await shop.aProduct({ title: 'Sentence Ankle', description: 'With a galago. Knitted.' })
    await shop.aProduct({ title: 'Category Ankle', categoryId })
    await shop.aProduct({ title: 'Galago Ankle' })
    const rest = ends.map((end) => `Rest${end} Ankle`)
    const expected = ['Galago Ankle', 'Category Ankle', 'Sentence Ankle', ...rest]
    expect(await shop.titles('galago')).toEqual(expected)
    const scored = await shop.search('galago', {}, 'edges { score }')
    const scores = [1.02, 0.77, 0.395, 0.0575, 0.0575, 0.0575].map((score) => ({
      score: expect.closeTo(score, 4),
    }))
    expect(scored.edges).toEqual(scores)
    // With the counts, they are read by another statement.
    const fields = 'edges { node { title } highlight { title { text } } } totalCount'
    const { edges } = await shop.search('galago', {}, fields)
    expect(edges.map(({ node }: { node: { title: string } }) => node.title)).toEqual(expected)
    type Marked = { highlight: { title: { text: string }[] } }
    const marked = edges.map(({ highlight }: Marked) => highlight.title.map(({ text }) => text).join(''))
    expect(marked).toEqual(expected)
  })

  test('add up all words, and a word that occurs twice counts once', async () => {
    await shop.aProduct({ title: 'Indri Ankle', description: 'Knitted. For a loris.' })
    await shop.aProduct({ title: 'Indri Loris Ankle' })
    expect(await shop.titles('indri loris')).toEqual(['Indri Loris Ankle', 'Indri Ankle'])
    await shop.aProduct({ title: 'Potto Potto Potto Ankle' }, { inStock: false })
    await shop.aProduct({ title: 'Potto Ankle' })
    expect(await shop.titles('potto')).toEqual(['Potto Ankle', 'Potto Potto Potto Ankle'])
  })

  test('are sorted by stock, rating and sales where the words are equal', async () => {
    const made = []
    for (const name of ['A', 'B', 'C', 'D'])
      made.push(await shop.aProduct({ title: `Tarsier ${name}` }, { inStock: name !== 'A' }))
    const [, , rated, sold] = made.map(({ productId }) => productId)
    const rating = { productId: rated, count: 1, average: 5 }
    await shop.deliver('reviews.rating.changed', rating, { subject: rated ?? '' })
    const orderId = newId('ord')
    const lines = [{ productId: sold, variantId: newId('var'), quantity: 1 }]
    await shop.deliver('orders.order.placed', { orderId, lines }, { subject: orderId })
    const { edges } = await shop.search('tarsier', {}, 'edges { score node { title } }')
    const hit = (title: string, score: number) => ({ node: { title }, score: expect.closeTo(score, 4) })
    const ofOneSale = 0.01 * Math.log(2)
    expect(edges).toEqual([
      hit('Tarsier C', 1.02 + 0.005 * 5),
      hit('Tarsier D', 1.02 + ofOneSale),
      hit('Tarsier B', 1.02),
      hit('Tarsier A', 1),
    ])
  })
})

test('a search reads the counts with the hits, once, and the highlights of all hits together', async () => {
  const search = async (fields: string, args = '') => {
    const total = fields === '...Total' ? 'fragment Total on SearchConnection { totalCount }' : ''
    const { errors } = await shop.execute(
      `{ search(query: "\\"colour ink\\""${args}) { ${fields} } } ${total}`,
    )
    expect(errors).toEqual([])
  }
  const costs: [fields: string, cost: number, args?: string][] = [
    ['edges { node { id } }', 1],
    ['totalCount isTotalCountExact priceRange { max { amount } } edges { node { id } }', 1],
    ['... { totalCount }', 1],
    ['...Total', 1],
    ['totalCount isTotalCountExact priceRange { max { amount } }', 2, ', sort: NEWEST'],
    ['edges { highlight { title { text } } }', 2],
    ['facets { name }', 3],
  ]
  for (const [fields, cost, args] of costs)
    expect([fields, await shop.sqlCount(() => search(fields, args))]).toEqual([fields, cost])
})

test('an article number finds its product', async () => {
  const { variants } = await shop.aProduct({ title: 'Colugo Crew', colours: ['Moss', 'Ink'] })
  await shop.aProduct({ title: 'Colugo Ankle' })
  expect(await shop.titles(variants[1]?.sku ?? '')).toEqual(['Colugo Crew'])
})

describe('highlights', () => {
  const highlightOf = async (query: string) =>
    (
      await shop.search(
        query,
        {},
        'edges { highlight { title { text isMatch } description { text isMatch } } }',
      )
    ).edges[0]?.highlight
  const marked = (parts: { text: string; isMatch: boolean }[]) =>
    parts.filter(({ isMatch }) => isMatch).map(({ text }) => text)

  test('have 12 to 25 words of a long description around the match', async () => {
    const places = [5, 45]
    const words = Array.from({ length: 60 }, (_, index) =>
      places.includes(index) ? 'baobab' : `word${index}`,
    )
    await shop.aProduct({ title: 'Sifaka Ankle', description: `${words.join(' ')}.` })
    const { description } = await highlightOf('baobab')
    const text = description.map((part: { text: string }) => part.text).join('')
    expect(marked(description)).toEqual(['baobab'])
    expect(text.split(' ').length).toBeGreaterThanOrEqual(12)
    expect(text.split(' ').length).toBeLessThanOrEqual(25)
  })

  test('have the whole title, also a long one without a match', async () => {
    const words = Array.from({ length: 30 }, (_, index) => `word${index}`)
    const title = `Mandrill ${words.join(' ')}`
    await shop.aProduct({ title, description: 'Okapi.' })
    for (const query of ['okapi', 'mandrill']) {
      const text = (await highlightOf(query)).title.map((part: { text: string }) => part.text).join('')
      expect(text).toBe(title)
    }
  })

  test('mark words by English stems, unless only the German ones are all in the title', async () => {
    await shop.aProduct({ title: 'Gelada Jumping Jump', description: 'Jumping. For a saola.' })
    expect(marked((await highlightOf('gelada jumps')).title)).toEqual(['Gelada', 'Jumping', 'Jump'])
    const { title, description } = await highlightOf('saola jumps')
    expect(marked(title)).toEqual(['Jumping', 'Jump'])
    expect(marked(description)).toEqual(['Jumping', 'saola'])
  })

  test('mark German words by their stems, and no text that contains the marks itself', async () => {
    await shop.aProduct({ title: 'Alte Häuser\u0002 Ankle', description: '' })
    const { title, description } = await highlightOf('alte Haus')
    expect(marked(title)).toEqual(['Alte', 'Häuser'])
    expect(title.map(({ text }: { text: string }) => text).join('')).toBe('Alte Häuser Ankle')
    expect(description).toEqual([])
    await shop.aProduct({ title: 'Aye-aye Ankle', description: 'A \u0002lemur\u0003 of Madagascar.' })
    const ofLemur = (await highlightOf('madagascar')).description
    expect(marked(ofLemur)).toEqual(['Madagascar'])
    expect(ofLemur.map(({ text }: { text: string }) => text).join('')).toContain('lemur of Madagascar')
  })
})

test('a product costs its cheapest variant in each currency, and needs one variant for all conditions', async () => {
  const data = productData(newId('prd'), { title: 'Aardvark Crew', sizes: ['M', 'L'] })
  const amounts = [
    ['1000', '4100', '150'],
    ['4000', '1100', '170'],
  ] as const
  const variants = data.variants.map((variant, place) => ({
    ...variant,
    prices: (['USD', 'EUR', 'JPY'] as const).map((currencyCode, currency) => ({
      ...{ currencyCode, amountMinor: amounts[place]?.[currency] },
    })),
  }))
  await shop.deliver('products.product.changed', { ...data, variants }, { subject: data.productId })
  const ranges: Record<string, string> = { USD: '10.00', EUR: '11.00', JPY: '150' }
  for (const [currency, amount] of Object.entries(ranges)) {
    const fields = 'priceRange { min { amount } max { amount } }'
    const { priceRange } = await shop.search('aardvark', { filter: { currency } }, fields)
    expect([currency, priceRange]).toEqual([currency, { min: { amount }, max: { amount } }])
  }
  const cheap = (size: string) => ({ maxPrice: '12', attributes: [{ name: 'Size', anyOf: [size] }] })
  expect(await shop.titles('aardvark', { filter: cheap('M') })).toEqual(['Aardvark Crew'])
  expect(await shop.titles('aardvark', { filter: cheap('L') })).toEqual([])
})

test.each(['PRICE_ASC', 'PRICE_DESC'])('pages by %s go on behind a price of millions', async (sort) => {
  const prices = [30_000_000, 40_000_000]
  for (const usd of prices) await shop.aProduct({ title: `Platypus ${sort} ${usd}`, usd })
  const query = `platypus ${sort}`
  const fields = 'edges { node { title } } pageInfo { endCursor }'
  const first = await shop.search(query, { sort, first: 1 }, fields)
  const second = await shop.search(query, { sort, first: 1, after: first.pageInfo.endCursor }, fields)
  const titles = [...first.edges, ...second.edges].map(({ node }) => node.title)
  const inOrder = sort === 'PRICE_ASC' ? prices : prices.toReversed()
  expect(titles).toEqual(inOrder.map((usd) => `Platypus ${sort} ${usd}`))
})

test('a product without variants is not in stock', async () => {
  await shop.aProduct({ title: 'Tenrec Crew', colours: [] })
  expect(await shop.titles('tenrec')).toEqual(['Tenrec Crew'])
  expect(await shop.titles('tenrec', { filter: { inStockOnly: true } })).toEqual([])
})
