import { describe, expect, test } from 'vitest'
import { readQuery } from './query-text.ts'
import type { Candidate } from './spelling.ts'
import { understand, type Vocabulary, type WordKind } from './understand.ts'

/** A catalogue with these words. */
function vocabularyOf(words: readonly string[], stops: readonly string[] = ['the']): Vocabulary {
  const kindOf = (word: string): WordKind =>
    words.includes(word) ? 'known' : stops.includes(word) ? 'stop' : 'unknown'
  const candidates = words.map((word): Candidate => ({ word, isName: true }))
  return {
    kindsOf: async (asked) => new Map(asked.map((word) => [word, kindOf(word)])),
    similar: async () => candidates,
  }
}

const vocabulary = vocabularyOf(['merino', 'crew', 'hiking', 'show', 'pattern'])

/** The groups of a query as text: alternatives in brackets, a minus before excluded ones. */
async function asked(text: string) {
  const { groups, searchedFor, isCorrected } = await understand(readQuery(text), vocabulary)
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
    ['merion', { shown: ['merino'], searchedFor: 'merino' }],
    ['hkiing sokcs', { shown: ['hiking'], searchedFor: 'hiking socks' }],
    ['wandrsoken', { shown: ['wandersocken|wander|hiking'], searchedFor: 'wandersocken' }],
    ['crew -merion', { shown: ['crew', '-merion'] }],
    ['xyzzyq', { shown: ['xyzzyq'] }],
    ['crw-0001-mos-1', { shown: ['crw-0001-mos-1|crw-0001-mos-1'] }],
  ])('%s', async (text, expected) => {
    expect(await asked(text)).toEqual(expected)
  })
})
