import { describe, expect, test } from 'vitest'
import { mostErrors, nearestWord, typingErrors } from './spelling.ts'

describe('typing errors', () => {
  test.each([
    ['socks', 'socks', 0],
    ['sokcs', 'socks', 1],
    ['scks', 'socks', 1],
    ['soocks', 'socks', 1],
    ['sucks', 'socks', 1],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['füße', 'fuße', 1],
    ['ca', 'abc', 3],
  ])('%s for %s: %d', (typed, meant, errors) => {
    expect(typingErrors(typed, meant)).toBe(errors)
    expect(typingErrors(meant, typed)).toBe(errors)
  })
})

test.each([
  [2, 0],
  [3, 1],
  [4, 1],
  [5, 2],
  [8, 2],
  [9, 3],
  [40, 3],
])('a word of %d letters may have %d', (length, errors) => {
  expect(mostErrors(length)).toBe(errors)
})

const names = (...words: string[]) => words.map((word) => ({ word, isName: true }))

describe('the nearest word', () => {
  test.each([
    ['merion', names('merino', 'marine'), 'merino'],
    ['hkiing', names('hiking', 'biking'), 'hiking'],
    ['cre', names('crew', 'core'), 'crew'],
    ['xyzzy', names('merino', 'crew'), null],
    // Two letters begin too many words.
    ['wo', names('wool'), null],
    ['woo', names('woollens'), 'woollens'],
    // The first by letters among equally near words.
    ['abe', names('abd', 'abc'), 'abc'],
    ['merinos', [], null],
    // The same first letter decides between candidates with as many errors. The length of the shorter word bounds the errors.
    ['wook', names('book', 'wool'), 'wool'],
    ['abc', names('abxyc'), null],
    ['wol', [{ word: 'woo', isName: false }, ...names('wool')], 'wool'],
    // A word that is begun counts as one with an error, and the shorter one is nearer.
    ['abcd', [{ word: 'abcdef', isName: false }, ...names('abce')], 'abce'],
    ['wool', names('woollens', 'woolly'), 'woolly'],
  ])('to %s among %j is %s', (typed, candidates, word) => {
    expect(nearestWord(typed, candidates)).toBe(word)
  })
})
