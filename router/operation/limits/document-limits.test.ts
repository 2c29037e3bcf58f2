import { Lexer, Source, TokenKind } from 'graphql'
import { expect, test } from 'vitest'
import { measureText } from '../measure-text.ts'
import { textCheck, textLimits } from './document-limits.ts'

const PARTS = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ':',
    '=',
    '!',
    '$',
    '@',
    '|',
    '&',
    '...',
    ' ',
    '\n',
    ',',
    '\r\n',
    '\ufeff',
  ],
  ...[
    'name',
    '_n1',
    '-1 ',
    '12.5 ',
    '-0 ',
    '1-1 ',
    '"text"',
    '"a\\"b"',
    '"\\\\"',
    '"# {"',
    '""',
    '# { "\n',
    '#\r',
  ],
  ...['"""block"""', '"""a\n"b" \\""" {"""', '""""""', '"""\\\\"""" """', '"""\\""""""'],
]

/** Deterministic: the parts of a text, by a linear congruential generator. */
function textOf(seed: number): string {
  let state = seed
  let text = ''
  for (let part = 0; part < 30; part++) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    text += PARTS[(state >> 8) % PARTS.length]
  }
  return text
}

/** The counts of graphql-js; null if the text does not lex. */
function lexed(text: string): { tokens: number; brackets: number } | null {
  const lexer = new Lexer(new Source(text))
  let [tokens, open, brackets] = [0, 0, 0]
  try {
    for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; kind = lexer.advance().kind) {
      tokens++
      if (kind === TokenKind.BRACE_L || kind === TokenKind.PAREN_L || kind === TokenKind.BRACKET_L) open++
      if (kind === TokenKind.BRACE_R || kind === TokenKind.PAREN_R || kind === TokenKind.BRACKET_R) open--
      brackets = Math.max(brackets, open)
    }
  } catch {
    return null
  }
  return { tokens, brackets }
}

const NONE = { tokens: Infinity, brackets: Infinity, ignored: Infinity }

test('tokens and brackets are counted as graphql-js counts them', () => {
  let compared = 0
  for (let seed = 1; seed <= 5_000; seed++) {
    const text = textOf(seed)
    const found = lexed(text)
    if (!found) continue
    compared++
    const { tokens, brackets } = found
    expect([measureText(text, { ...NONE, tokens }), text]).toEqual([null, text])
    expect([measureText(text, { ...NONE, tokens: tokens - 1 }), text]).toEqual(['tokens', text])
    expect([measureText(text, { ...NONE, brackets }), text]).toEqual([null, text])
    if (brackets > 0)
      expect([measureText(text, { ...NONE, brackets: brackets - 1 }), text]).toEqual(['brackets', text])
  }
  expect(compared).toBeGreaterThan(1_000)
})

test('white space, commas and comments have a bound, strings have none', () => {
  const check = textCheck({ tokens: 10, depth: 2 })
  const longest = 10 * 32
  for (const ignored of [' ', '\n', ',', '#\n', '\t,'])
    for (const [length, problem] of [
      [longest - 1, null],
      [longest, null],
      [
        longest + ignored.length,
        /more than the maximum of 320 characters of white space, commas and comments/,
      ],
    ] as const) {
      const text = ignored.repeat(Math.ceil(length / ignored.length)).slice(0, length)
      if (problem) expect(check(`{a}${text}`)).toMatch(problem)
      else expect(check(`{a}${text}`)).toBeNull()
    }
  expect(check(`{a(b:"${' #,'.repeat(1_000)}")}`)).toBeNull()
  expect(check(`{a(b:"""${' #,\n'.repeat(1_000)}""")}`)).toBeNull()
})

test('numbers that touch are tokens of their own', () => {
  expect(textCheck({ tokens: 10, depth: 2 })(`{a(b:[1${'-1'.repeat(20)}])}`)).toMatch(/10 tokens/)
})

test.each(['{}', '()', '[]'])(
  'brackets %s are nested twice as deep as fields, however short the text is',
  (pair) => {
    const [opening = '', closing = ''] = pair
    const nested = (levels: number) => opening.repeat(levels) + closing.repeat(levels)
    for (const tokens of [20, 1_000]) {
      const check = textCheck({ tokens, depth: 3 })
      expect(check(nested(6))).toBeNull()
      expect(check(nested(7))).toBe('The document is nested deeper than the maximum of 6 brackets.')
      expect(check(`{a(b:"${nested(9)}")}`)).toBeNull()
    }
  },
)

test('a text that was refused is refused again', () => {
  const check = textLimits({ tokens: 3, depth: 3 })
  for (const [text, problem] of [
    ['{ a }', null],
    ['{ a b }', 'The document has more than the maximum of 3 tokens.'],
  ])
    expect([check(text ?? ''), check(text ?? '')]).toEqual([problem, problem])
})
