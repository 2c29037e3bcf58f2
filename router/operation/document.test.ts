import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { parseSettings } from '../settings.ts'
import { documentReader, knownDocuments } from './document.ts'

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

test('what does not pass is told again without a look', () => {
  const { known, texts } = documents()
  for (let time = 0; time < 2; time++) expect(() => known('{ shoes }')).toThrow('shoes')
  expect(texts).toHaveLength(1)
})
