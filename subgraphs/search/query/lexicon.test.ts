import { describe, expect, test } from 'vitest'
import { fold, headsOf, isFiller, isForAll, meaningsOf } from './lexicon.ts'
import { ENDINGS, FILLERS, LEXICON_ROWS, WORDS_FOR_ALL } from './lexicon-rows.ts'

const HEAD = `# The lexicon

Words of queries with what they stand for in the catalogue, then those that are ignored next to others, and the endings of compounds.
\`npx vitest run subgraphs/search/query/lexicon.test.ts -u\` writes this page; the test compares it.
`
const wordsOf = (row: string) => row.split(',').map((word) => word.trim())

/** The words of a row; those with equal meanings in one line. */
function linesOf(said: string): string[] {
  const byMeaning = Map.groupBy(wordsOf(said), (word) => meaningsOf(word)?.join(', '))
  return [...byMeaning].map(([meant, words]) => `- ${words.join(', ')}: **${meant}**`)
}

test('the words, and what they stand for, are those of lexicon.md', async () => {
  const sections = [
    ['Meanings', LEXICON_ROWS.flatMap(([said]) => linesOf(said))],
    ['Words for all products', wordsOf(WORDS_FOR_ALL).filter(isForAll)],
    ['Words that say nothing', wordsOf(FILLERS).filter(isFiller)],
    ['Endings of compounds', ENDINGS.filter((ending) => headsOf(`wander${ending}`).includes('wander'))],
  ] as const
  const written = sections.map(([title, lines]) => {
    const text = title === 'Meanings' ? lines.join('\n') : lines.join(', ')
    return `\n## ${title}\n\n${text}\n`
  })
  await expect(HEAD + written.join('')).toMatchFileSnapshot('lexicon.md')
})

describe('the lexicon', () => {
  test.each([
    ['GRUEN', 'moss, forest, green'],
    ['grun', 'moss, forest, green'],
    ['blaue', 'ink, sky, navy, blue'],
    ...['rote', 'roten', 'roter', 'rotes', 'rotem'].map((word) => [word, 'berry, rust, coral, red']),
    ['wellenn', 'wave'],
    ["runner's", 'running'],
    ['joggers', 'running'],
    ['bird’s eye', 'birdseye'],
    ['polkadots', 'dotted'],
    ['overthecalf', 'over-the-calf'],
    ['over-the-calf', 'over-the-calf'],
    ['light blue', 'sky'],
  ])('knows %s in other forms', (said, meant) => {
    expect(meaningsOf(said)?.join(', ')).toBe(meant)
  })

  test('has no entry for other words, nor for stems of less than three letters', () => {
    expect(['fjord', 'uns', 'ros', ''].map(meaningsOf)).toEqual([null, null, null, null])
  })
})

test('words that say nothing are ignored, also inflected and in compounds', () => {
  expect(['gift', 'günstige', 'Damensocken', 'Men’s', 'größe'].map(isFiller)).toEqual(Array(5).fill(true))
  expect(['merino', 'Wandersocken', 'men-at-work'].map(isFiller)).toEqual([false, false, false])
  expect(['Socks', 'Strümpfe', 'paar'].map(isForAll)).toEqual([true, true, true])
  expect(isForAll('crew')).toBe(false)
})

test('a compound has a first part, also without its linking letters; a short one is none', () => {
  expect(headsOf('Wandersocken')).toEqual(['wander'])
  for (const word of ['bed-socks', 'bedsocks']) expect(headsOf(word)).toEqual(['bed'])
  expect(headsOf('Hochzeitssocken')).toEqual(['hochzeits', 'hochzeit'])
  expect(headsOf('Damensocken')).toEqual(['damen', 'dame', 'dam'])
  expect(headsOf('absocks')).toEqual([])
  expect(headsOf('merino')).toEqual([])
  expect(fold('Größe’S')).toBe("grosse's")
})
