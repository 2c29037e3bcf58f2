import { expect, test } from 'vitest'
import { catalogueTexts, MAX_WORDS } from './catalogue-text.ts'
import type { Vocabulary } from './query/understand.ts'

/** A catalogue of one word that the lexicon lacks. */
const vocabulary: Vocabulary = {
  kindsOf: async (words) =>
    new Map(words.filter((word) => word === 'fjord').map((word) => [word, 'known'] as const)),
  similar: async () => [],
  sizes: async () => [],
}

const isShown = async (text: string) => (await catalogueTexts([text], vocabulary)).has(text)

test.each([
  'fjord',
  'Fjord wool',
  'fjord, wool & socks',
  'wool/fjord',
  'wool-fjord',
  'fjord + wool.',
  'fjordsocken',
  '’fjord’ wool',
])('%j is shown', async (text) => {
  expect(await isShown(text)).toBe(true)
})

test.each(['', ' ', '-', '& -', "'", 'ada', 'fjord ada', 'fjord@ada', 'fjord <b>', 'fjord\nwool'])(
  '%j is not shown',
  async (text) => {
    expect(await isShown(text)).toBe(false)
  },
)

test(`a text of ${MAX_WORDS} words is shown, a longer one is not`, async () => {
  expect(await isShown('wool '.repeat(MAX_WORDS).trim())).toBe(true)
  expect(await isShown('wool '.repeat(MAX_WORDS + 1).trim())).toBe(false)
})

test('more texts than are looked up at once are all found', async () => {
  const texts = Array.from(
    { length: 250 },
    (_, index) => `fjord ${index % 2 === 0 ? 'wool' : 'ada'} ${'-'.repeat(index)}`,
  )
  const shown = texts.filter((text) => !text.includes('ada'))
  expect([...(await catalogueTexts(texts, vocabulary))]).toEqual(shown)
})
