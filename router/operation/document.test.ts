import { buildSchema, GraphQLError, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { parseSettings } from '../settings.ts'
import { documentReader, InvalidDocument, knownDocuments } from './document.ts'
import { type DocumentError, MAX_ERRORS } from './document-errors.ts'

const { cache, limits } = parseSettings({}, 'the defaults')
const SCHEMA = buildSchema('type Query { socks(color: String): [String] pairs: Int }')

function documents() {
  const read = documentReader(SCHEMA, limits, false)
  const texts: string[] = []
  const known = knownDocuments((text) => {
    texts.push(text)
    return read(text)
  }, cache)
  return { known, texts }
}

test('a text is validated once, and its tree is the same when it is read again', () => {
  const { known, texts } = documents()
  const [text, other] = ['query($c: String) { socks(color: $c) }', '{ pairs }']
  const first = known(text)
  const tree = first.document()
  expect(first.document()).toBe(tree)
  known(other)
  expect(known(text)).toBe(first)
  expect(first.document()).toEqual(tree)
  expect(first.document()).not.toBe(tree)
  expect(texts).toEqual([text, other])
})

test('a document that failed is refused again without a check', () => {
  const { known, texts } = documents()
  for (let time = 0; time < 2; time++) expect(() => known('{ shoes }')).toThrow('shoes')
  expect(texts).toHaveLength(1)
})

test.each([
  [
    'aliases',
    { aliases: 1 },
    '{ a: pairs }',
    '{ a: pairs b: pairs }',
    'The operation has 2 aliases; the maximum is 1.',
  ],
  [
    'tokens',
    { tokens: 3 },
    '{ pairs }',
    '{ a: pairs }',
    'The document has more than the maximum of 3 tokens.',
  ],
])('a document that is valid but for its number of %s is refused', (_, limit, text, excessive, message) => {
  const read = documentReader(SCHEMA, { ...limits, ...limit }, false)
  expect(read(text).kind).toBe('Document')
  expect(() => read(excessive)).toThrow(
    expect.objectContaining({ errors: [expect.objectContaining({ message })] }),
  )
})

test('errors tell their places, in lines of whatever kind, and few of many', () => {
  const { known } = documents()
  const errorsOf = (text: string) => {
    try {
      known(text)
    } catch (error) {
      if (error instanceof InvalidDocument) return error.errors
      throw error
    }
    return []
  }
  for (const text of [
    '{ shoes }',
    '\n\r\n\r{\n\n  pairs\r\n shoes boots\r }',
    '#"""\n{ socks(color: """\n\n\r\n""", size: 1) }',
    'query { pairs\n...F }\n fragment F on Query { hats }\nfragment G on Query {\n a: pairs a: socks }',
    '{\n pairs(',
  ]) {
    const expected = graphqlErrors(text).map(({ message, locations }) => ({ message, locations }))
    expect(errorsOf(text)).toEqual(expected)
    expect(errorsOf(text)).toEqual(expected)
  }
  const [error] = errorsOf(`{ socks(${'color: "" '.repeat(100)}) }`)
  expect(error?.locations).toHaveLength(20)
})

test('a refused text leaves short messages, and displaces no text that is served', () => {
  const read = documentReader(SCHEMA, limits, false)
  let reads = 0
  const known = knownDocuments(
    (text) => {
      reads++
      return read(text)
    },
    { ...cache, operations: 3 },
  )
  known('{ pairs }')
  for (let index = 0; index < 10; index++)
    expect(() => known(`{ n${index}${'x'.repeat(10_000)} }`)).toThrow(/…$/)
  known('{ pairs }')
  expect(reads).toBe(11)
})

/** The errors of a text for clients; none if it is valid. */
function errorsFor(
  text: string,
  { production = false, depth = limits.depth } = {},
): readonly DocumentError[] {
  try {
    documentReader(SCHEMA, { ...limits, depth }, production)(text)
  } catch (error) {
    if (error instanceof InvalidDocument) return error.errors
    throw error
  }
  return []
}

describe('the errors of a text', () => {
  const LEFT_OUT = 'Too many validation errors, error limit reached. Validation aborted.'

  test('have messages of at most 3,000 characters', () => {
    const [error] = errorsFor(`{ ${'x'.repeat(10_000)} }`)
    expect(error?.message).toHaveLength(3_000)
  })

  test.each<[what: string, part: (index: number) => string, depth: number]>([
    ['of the rules of graphql-js', (index) => `query Q${index} { shoes }`, 50],
    ['of limits', (index) => `query Q${index} { shelf { pairs } }`, 1],
  ])('%s are twenty at most, and one that states that there are more', (_, part, depth) => {
    const messages = (count: number) =>
      errorsFor(Array.from({ length: count }, (_, index) => part(index)).join('\n'), { depth }).map(
        ({ message }) => message,
      )
    expect(messages(MAX_ERRORS)).toHaveLength(20)
    expect(messages(MAX_ERRORS)).not.toContain(LEFT_OUT)
    expect(messages(MAX_ERRORS + 1)).toEqual([...messages(MAX_ERRORS), LEFT_OUT])
  })

  test.each([
    ['{ __schema { description } }', ['Introspection is off.']],
    ['{ __type(name: "Query") { name } }', ['Introspection is off.']],
    ['{ __typename pairs }', []],
    // Without the names of other fields.
    ['{ pair }', ['Cannot query field "pair" on type "Query".']],
  ])('in production disclose nothing of the schema: %s', (text, messages) => {
    expect(errorsFor(text, { production: true }).map(({ message }) => message)).toEqual(messages)
    if (text.includes('__')) expect(errorsFor(text)).toEqual([])
    else expect(errorsFor(text)[0]?.message).toContain('Did you mean "pairs"?')
  })
})

// A text that begins with a digit is refused with as many locations.
describe('a cache of texts keeps', () => {
  const parsed = parse('{ pairs }')
  const refusal = (locations: number) => [
    {
      message: 'wrong',
      locations: Array<{ line: number; column: number }>(locations).fill({ line: 1, column: 1 }),
    },
  ]

  test.each<[what: string, size: { operations: number; text: number }, asked: string, read: string]>([
    ['as many texts as operations', { operations: 2, text: 1_000 }, 'a b a c a b', 'a b c b'],
    ['as many characters of texts', { operations: 9, text: 8 }, 'aaa bbb aaa ccc aaa bbb', 'aaa bbb ccc bbb'],
    [
      'as many refused texts as operations',
      { operations: 2, text: 9_000 },
      '0a 0b 0a 0c 0a 0b',
      '0a 0b 0c 0b',
    ],
    // They take an eighth of the size: 2 characters of the text, 1 more, and the 5 of the message.
    ['refused texts with their messages', { operations: 9, text: 128 }, '0a 0b 0a 0c 0a 0b', '0a 0b 0c 0b'],
    ['a refused text of that size', { operations: 9, text: 64 }, '0a 0a', '0a'],
    ['no larger one', { operations: 9, text: 56 }, '0a 0a', '0a 0a'],
    // A location has the size of 32 characters.
    ['refused texts with their locations', { operations: 9, text: 320 }, '1a 1a 1b 1a', '1a 1b 1a'],
    ['no text with more of them', { operations: 9, text: 320 }, '2a 2a', '2a 2a'],
    ['no text that is refused at little cost', { operations: 9, text: 9_000 }, '!a !a', '!a !a'],
  ])('%s', (_, size, asked, read) => {
    const found: string[] = []
    const known = knownDocuments((text) => {
      found.push(text)
      if (text.startsWith('!')) throw new InvalidDocument(refusal(0), false)
      if (/^\d/.test(text)) throw new InvalidDocument(refusal(Number(text[0])))
      return parsed
    }, size)
    for (const text of asked.split(' ')) {
      if (/^[a-z]/.test(text)) known(text)
      else expect(() => known(text)).toThrow('wrong')
    }
    expect(found.join(' ')).toBe(read)
  })

  test('no text that has too many tokens: counting them is cheaper', () => {
    const read = documentReader(SCHEMA, { ...limits, tokens: 3 }, false)
    const kept = (text: string) => {
      try {
        read(text)
      } catch (error) {
        if (error instanceof InvalidDocument) return error.isWorthRemembering
      }
      return null
    }
    expect(['{ a b }', '{ a }', '{pairs}'].map(kept)).toEqual([false, true, null])
  })
})

function graphqlErrors(text: string): readonly GraphQLError[] {
  try {
    return validate(SCHEMA, parse(text))
  } catch (error) {
    if (error instanceof GraphQLError) return [error]
    throw error
  }
}
