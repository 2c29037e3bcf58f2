import { expect, test } from 'vitest'
import { z } from 'zod'
import { validate } from '../errors/user-errors.ts'
import {
  charactersOf,
  firstCharacters,
  lineOfText,
  linesOfText,
  maybeLineOfText,
  maybeLinesOfText,
  tokenOfText,
} from './text.ts'

test('text is trimmed and composed; blank optional text is null', () => {
  expect(lineOfText(10).parse('  Zoe\u0308 ')).toBe('Zo\u00eb')
  expect(linesOfText(10).parse(' a\r\nb\rc ')).toBe('a\nb\nc')
  expect(maybeLineOfText(10).parse('   ')).toBeNull()
  expect([maybeLineOfText(10), maybeLinesOfText(10)].map((text) => text.parse(' a '))).toEqual(['a', 'a'])
  expect(maybeLinesOfText(10).parse(' \n ')).toBeNull()
})

const REFUSED: [string, string][] = [
  ['empty', ''],
  ['blank', ' \t '],
  ['of ideographic spaces', '\u3000\u3000'],
  ['of a sign that spans digits, without any', '\u0600'],
  ['with a NUL, which PostgreSQL cannot hold', 'a\0b'],
  ['with an escape sequence of terminals', 'a\u001b[31mb'],
  ['with a C1 control', 'a\u0085b'],
  ['with half a surrogate pair', 'a\ud800'],
  ['with a non-character', 'a\ufffe'],
  ['with a private character', 'a\ue000'],
  ['with a line separator', 'a\u2028b'],
  ['with a paragraph separator', 'a\u2029b'],
  ...(
    [
      ['soft hyphen', '\u00ad'],
      ['combining grapheme joiner', '\u034f'],
      ['Arabic letter mark', '\u061c'],
      ['Hangul choseong filler', '\u115f'],
      ['Hangul jungseong filler', '\u1160'],
      ['Khmer inherent vowel', '\u17b4'],
      ['Mongolian vowel separator', '\u180e'],
      ['zero width space', '\u200b'],
      ['zero width non-joiner', '\u200c'],
      ['zero width joiner', '\u200d'],
      ['left-to-right mark', '\u200e'],
      ['right-to-left mark', '\u200f'],
      ['left-to-right embedding', '\u202a'],
      ['right-to-left override', '\u202e'],
      ['word joiner', '\u2060'],
      ['invisible times', '\u2062'],
      ['unassigned ignorable', '\u2065'],
      ['left-to-right isolate', '\u2066'],
      ['pop directional isolate', '\u2069'],
      ['inhibit symmetric swapping', '\u206a'],
      ['Braille blank', '\u2800'],
      ['Hangul filler', '\u3164'],
      ['variation selector 1', '\ufe00'],
      ['variation selector 16', '\ufe0f'],
      ['byte order mark', '\ufeff'],
      ['halfwidth Hangul filler', '\uffa0'],
      ['interlinear annotation anchor', '\ufff9'],
      ['object replacement character', '\ufffc'],
      ['null notehead', '\u{1d159}'],
      ['musical begin beam', '\u{1d173}'],
      ['language tag', '\u{e0001}'],
      ['tag letter', '\u{e0061}'],
      ['variation selector 17', '\u{e0100}'],
    ] as const
  ).flatMap(([name, hidden]): [string, string][] => [
    [`within: ${name}`, `a${hidden}b`],
    [`alone: ${name}`, `${hidden}${hidden}`],
  ]),
  ['with letters of a hidden message behind a flag', '\u{1f3f4}\u{e0061}\u{e0062}\u{e007f}'],
  ['with a joiner at the end of a name', 'علي\u200c'],
  ['with two joiners', 'می\u200c\u200cخواهم'],
  ['with a joiner between an emoji and a letter', '\u{1f9e6}\u200da'],
  ['with a selector behind a digit', '1\ufe0f'],
  ['with marks over marks', `Z${'\u0335'.repeat(6)}`],
  ['with a mark on nothing', '\u0338a'],
  ['with a mark on a space', 'a \u20dd'],
  ['with a mark at the start of a line', 'a\n\u20dd'],
  ['with a mark on a tab', 'a\t\u20dd'],
]

test.each(REFUSED)('text is refused that is %s', (_, text) => {
  // A byte order mark at an end is white space, which is trimmed.
  expect(lineOfText(80).safeParse(text).success).toBe(false)
  expect(linesOfText(80).safeParse(text).success).toBe(false)
})

test('one line has no line break and no tab, lines may', () => {
  for (const text of ['a\nb', 'a\tb']) {
    expect(lineOfText(10).safeParse(text).success).toBe(false)
    expect(linesOfText(10).parse(text)).toBe(text)
  }
})

test.each([
  'Ольга',
  '山田',
  'مريم',
  'مَرْيَم',
  'می\u200cخواهم',
  'שָׁלוֹם עולם',
  'क्ष, क्\u200dष, श\u094d\u200cर',
  'ශ\u0dca\u200dරී',
  'অন্ত',
  'ভবিষ্যৎ\u09cd\u200d',
  'ที่นี่',
  'བོད་ཡིག',
  'Nguyễn Thị Thủy',
  'O’Neill-Łuć',
  '葛\u{e0100}城',
  '٢٠٪ خصم',
  '\u0601٢٠٢٦',
  '🧦',
  '❤️ 1️⃣ #️⃣ ☎︎',
  '👩‍🚀 👨‍👩‍👧‍👦 🧑🏽‍🦰 👁️‍🗨️ 🏳️‍🌈',
  '🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '«Größe 41», 10 €',
  'x\u0338\u0323\u0304y',
  `Z${'\u0335'.repeat(5)}`,
  'ᠠ\u180bᠠ\u180cᠠ\u180dᠠ\u180f',
  '葛\ufe00葛\ufe01葛\ufe02',
  '\u06dd١ \u070fܐ \u0890١ \u0891١ \u08e2١ \u{110bd}𑂀 \u{110cd}𑂀',
  '🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿',
  '2026',
  '?!',
])('text of any script and emoji is kept: %s', (text) => {
  expect(lineOfText(80).parse(text)).toBe(text.normalize('NFC'))
})

test.each(
  Object.entries({
    ...{ Arabic: 'ب', Syriac: 'ܒ', Mongolian: 'ᠪ', Nko: 'ߓ', Mandaic: 'ࡁ', Devanagari: 'क', Bengali: 'ক' },
    ...{ Gurmukhi: 'ਕ', Gujarati: 'ક', Oriya: 'କ', Tamil: 'க', Telugu: 'క', Kannada: 'ಕ', Malayalam: 'ക' },
    ...{ Sinhala: 'ක', Khmer: 'ក', Myanmar: 'က' },
  }),
)('a joiner between letters is kept in %s', (_, letter) => {
  for (const text of [`${letter}\u200c${letter}`, `${letter}\u200d${letter}`])
    expect(lineOfText(80).parse(text)).toBe(text)
})

test('the first characters of a text have no half of a pair', () => {
  expect(firstCharacters('a🧦b', 1)).toBe('a')
  expect(firstCharacters('a🧦b', 2)).toBe('a🧦')
  expect(firstCharacters('a🧦b', 3)).toBe('a🧦b')
  expect(firstCharacters('🧦'.repeat(6), 5)).toBe('🧦'.repeat(5))
})

test('a limit counts Unicode code points after composition', () => {
  expect(charactersOf('🧦a')).toBe(2)
  expect(lineOfText(10).parse('🧦'.repeat(10))).toBe('🧦'.repeat(10))
  expect(lineOfText(3).parse('e\u0301'.repeat(3))).toBe('é'.repeat(3))
  for (const textOf of [lineOfText, maybeLineOfText, linesOfText, maybeLinesOfText])
    for (const text of ['🧦'.repeat(11), 'a'.repeat(11), 'a'.repeat(1_000_000)]) {
      const result = validate(z.object({ title: textOf(10) }), { title: text })
      expect(result).toMatchObject({
        errors: [{ message: expect.stringContaining('allowed is at most 10') }],
      })
    }
})

test('a token has visible ASCII characters without spaces, up to its length', () => {
  expect(tokenOfText(3).parse(' a!~ ')).toBe('a!~')
  for (const text of ['', 'abcd', 'a b', 'é', 'a\n\u007f'])
    expect(tokenOfText(3).safeParse(text).success).toBe(false)
})

test('a refusal shows what nobody sees', () => {
  const result = validate(z.object({ title: lineOfText(20) }), { title: 'abc\u202edef' })
  const message =
    'title is "abc\\u{202e}def": allowed is one line of readable text without invisible or direction-changing characters'
  expect(result).toMatchObject({ errors: [{ message, path: ['title'] }] })
  const token = validate(z.object({ code: tokenOfText(3) }), { code: 'a b' })
  expect(token).toMatchObject({
    errors: [{ message: 'code is "a b": allowed is letters, digits and signs without spaces' }],
  })
})
