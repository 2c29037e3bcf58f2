import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { PrismaClient } from './generated/prisma/client.ts'
import { type OpenSearch, openSearch } from './testing/open-search.ts'
import { catalogueVocabulary } from './vocabulary.ts'

let shop: OpenSearch
let prisma: PrismaClient
beforeAll(async () => {
  shop = await openSearch()
  // testSubgraph opened the definition of search.
  prisma = shop.resources.prisma as PrismaClient
})
afterAll(() => shop.close())
beforeEach(() => prisma.$executeRaw`TRUNCATE facet_value, word`)

const addSizes = (...values: string[]) =>
  prisma.facetValue.createMany({ data: values.map((value) => ({ name: 'Size', value })) })
const addWords = (...words: string[]) =>
  prisma.word.createMany({
    data: words.map((word) => ({ word, isName: true, english: word, german: word })),
  })
const textsOf = (sizes: readonly { text: string }[]) => sizes.map(({ text }) => text)

test('sizes are the values that begin with two numbers, the smaller one first', async () => {
  await addSizes('41 - 46 EU', '36–40', '98-98', '9–12 months')
  await addSizes('M', '30–35cm', '20–1000', '1000–1001', '50–45', 'EU 30–35', '30,35')
  expect(await catalogueVocabulary(prisma).sizes()).toEqual([
    { text: '9–12 months', low: 9, high: 12 },
    { text: '36–40', low: 36, high: 40 },
    { text: '41 - 46 EU', low: 41, high: 46 },
    { text: '98-98', low: 98, high: 98 },
  ])
})

test('queries are compared with at most 200 sizes, and a word with at most 50 similar ones', async () => {
  await addSizes(...Array.from({ length: 201 }, (_, index) => `${index}–${index + 1}`))
  await addWords(...Array.from({ length: 51 }, (_, index) => `merino${index}`))
  const vocabulary = catalogueVocabulary(prisma)
  expect(await vocabulary.sizes()).toHaveLength(200)
  expect(await vocabulary.similar('merion')).toHaveLength(50)
})

test('words and sizes are read once in half a minute', async () => {
  let time = 1
  const vocabulary = catalogueVocabulary(prisma, { perf: { now: () => time }, ttlResolution: 0 })
  const known = async (at: number) => {
    time = at
    return [...(await vocabulary.kindsOf(['numbat', 'the'])).values(), ...textsOf(await vocabulary.sizes())]
  }
  await addSizes('36–40')
  expect(await known(1)).toEqual(['unknown', 'stop', '36–40'])
  await addWords('numbat')
  await addSizes('41–46')
  expect(await shop.sqlCount(() => known(30_001))).toBe(0)
  expect(await known(30_002)).toEqual(['known', 'stop', '36–40', '41–46'])
})
