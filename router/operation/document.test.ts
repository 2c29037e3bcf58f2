import { buildSchema, GraphQLError, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { parseSettings } from '../settings.ts'
import { documentReader, InvalidDocument, knownDocuments } from './document.ts'

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

function graphqlErrors(text: string): readonly GraphQLError[] {
  try {
    return validate(SCHEMA, parse(text))
  } catch (error) {
    if (error instanceof GraphQLError) return [error]
    throw error
  }
}
