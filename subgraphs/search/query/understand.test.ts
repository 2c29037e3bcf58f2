import { describe, expect, test } from 'vitest'
import { readQuery } from './query-text.ts'
import type { Candidate } from './spelling.ts'
import { understand, type Vocabulary, type WordKind } from './understand.ts'

/** A catalogue with these words. */
function vocabularyOf(
  words: readonly string[],
  stops: readonly string[] = ['the', 'any', 'die', 'do', 'not'],
): Vocabulary {
  const kindOf = (word: string): WordKind =>
    words.includes(word) ? 'known' : stops.includes(word) ? 'stop' : 'unknown'
  const candidates = words.map((word): Candidate => ({ word, isName: true }))
  return {
    kindsOf: async (asked) => new Map(asked.map((word) => [word, kindOf(word)])),
    similar: async () => candidates,
    sizes: async () => [
      { text: '36–40', low: 36, high: 40 },
      { text: '41–46', low: 41, high: 46 },
      { text: '47–49', low: 47, high: 49 },
      { text: '48–50', low: 48, high: 50 },
      { text: '98–104', low: 98, high: 104 },
    ],
  }
}

const vocabulary = vocabularyOf(['merino', 'crew', 'hiking', 'show', 'pattern'])

/** The groups of a query as text: alternatives in brackets, a minus before excluded ones. */
async function asked(text: string, words = vocabulary) {
  const { groups, searchedFor, isCorrected } = await understand(readQuery(text), words)
  const shown = groups.map(
    ({ any, isExcluded }) => `${isExcluded ? '-' : ''}${any.map((one) => one.text).join('|')}`,
  )
  return { shown, ...(isCorrected && { searchedFor }) }
}

describe('what a text asks for', () => {
  test.each([
    ['merino crew', { shown: ['merino', 'crew'] }],
    ['merino socks', { shown: ['merino'] }],
    ['socks', { shown: [] }],
    ['the crew', { shown: ['crew'] }],
    ['no show', { shown: ['no-show'] }],
    ['diamond pattern', { shown: ['diamond|argyle'] }],
    ['pattern', { shown: ['pattern'] }],
    ['Wandersocken', { shown: ['wandersocken|wander|hiking'] }],
    ['Merinosocken', { shown: ['merinosocken|merino'] }],
    ['crew -merino', { shown: ['crew', '-merino'] }],
    ['crew without merino', { shown: ['crew', '-merino'] }],
    ['crew ohne "merino show"', { shown: ['crew', '-merino show'] }],
    ['socks without any merino', { shown: ['-merino'] }],
    ['ohne die Merino', { shown: ['-merino'] }],
    ['merino without polka dots', { shown: ['merino', '-dotted'] }],
    ['merino ohne Muster crew', { shown: ['merino', 'crew'] }],
    ['no -show crew', { shown: ['no', '-show', 'crew'] }],
    ['crew -no show', { shown: ['crew', '-no', 'show'] }],
    ['crew -without merino', { shown: ['crew', '-without', 'merino'] }],
    ['"merion crew"', { shown: ['merion crew'] }],
    ['hik -ing', { shown: ['hike|hiking', '-ing'], searchedFor: 'hike -ing' }],
    ['-mer ino', { shown: ['-mer', 'ino'] }],
    ['merino without merion', { shown: ['merino', '-merion'] }],
    ['crew without', { shown: ['crew', 'without'] }],
    ['crew without the', { shown: ['crew', 'without'] }],
    ['merion without polka dots', { shown: ['merino', '-dotted'], searchedFor: 'merino without polka dots' }],
    ['do not show crew', { shown: ['show', 'crew'] }],
    ['merion', { shown: ['merino'], searchedFor: 'merino' }],
    ['hkiing sokcs', { shown: ['hiking'], searchedFor: 'hiking socks' }],
    ['"no show"', { shown: ['no show'] }],
    ['merion -"polka hat"', { shown: ['merino', '-polka hat'], searchedFor: 'merino -"polka hat"' }],
    ['wandersocekn', { shown: ['wandersocken|wander|hiking'], searchedFor: 'wandersocken' }],
    ['wandrsoccken', { shown: ['wandersocken|wander|hiking'], searchedFor: 'wandersocken' }],
    ['wandrsoken', { shown: ['wandersocken|wander|hiking'], searchedFor: 'wandersocken' }],
    ['crew -merion', { shown: ['crew', '-merion'] }],
    ['xyzzyq', { shown: ['xyzzyq'] }],
    // Words in one, in two, and with a hyphen.
    ...['knee high', 'kneehigh', 'knee-high', 'knee-high socks'].map((text): [string, object] => [
      text,
      { shown: [expect.stringMatching(/over-the-calf\|knee\|compression$/)] },
    ]),
    ['mer ino crew', { shown: ['merino', 'crew'] }],
    ['show crew', { shown: ['show', 'crew'] }],
    ['boiledwool', { shown: ['boiledwool|boiled wool'] }],
    // Sizes.
    ['crew size 42', { shown: ['crew', '41–46'] }],
    ['42-44', { shown: ['41–46'] }],
    ['48-50', { shown: ['48–50'] }],
    ['47-49', { shown: ['47–49'] }],
    ['39-42', { shown: ['36–40|41–46'] }],
    ['40-41', { shown: ['36–40|41–46'] }],
    ['100', { shown: ['98–104'] }],
    ['crew 35', { shown: ['crew', '35|35'] }],
    ['crew -36-40', { shown: ['crew', '-36–40'] }],
    // Words that say nothing.
    ['Damensocken', { shown: [] }],
    ['gifts the men', { shown: [] }],
    ['günstige Socken', { shown: [] }],
    ['low price crew', { shown: ['crew'] }],
    ...['crw_mos', 'crw/mos', 'crw-mos'].map((code): [string, object] => [
      code,
      { shown: [`${code}|${code}`] },
    ]),
    ['crw-0001-mos-1', { shown: ['crw-0001-mos-1|crw-0001-mos-1'] }],
  ])('%s', async (text, expected) => {
    expect(await asked(text)).toEqual(expected)
  })
})

test.each([
  ['salt marsh', 'saltmarsh'],
  ['marsh salt', 'marshsalt'],
  ['rust tide', 'rust tide'],
])('%s is one word unless both are words of the catalogue: %s', async (text, words) => {
  const own = vocabularyOf(['salt', 'saltmarsh', 'marshsalt', 'rust', 'tide', 'rusttide'])
  expect((await asked(text, own)).shown).toEqual(words.split(' '))
})

test('a compound that the catalogue has is not looked up by its parts', async () => {
  expect((await asked('Wandersocken', vocabularyOf(['wandersocken']))).shown).toEqual(['wandersocken'])
})
