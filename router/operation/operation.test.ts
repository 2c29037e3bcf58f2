import { buildSchema, parse } from 'graphql'
import { expect, test } from 'vitest'
import { selectOperation } from './operation.ts'

const SCHEMA = buildSchema('type Query { a: Int } type Subscription { a: Int }')
// The part of a supergraph that selecting an operation reads.
const SUPERGRAPH = { clientSchema: SCHEMA } as Parameters<typeof selectOperation>[2]
const MANY = Array.from({ length: 100 }, (_, index) => `query Name${index} { a }`).join(' ')

test.each<[text: string, name: string | undefined, message: string]>([
  ['{ a }', 'A', 'There is no operation "A": the document has (unnamed).'],
  ['query A { a } query B { a }', 'C', 'There is no operation "C": the document has A, B.'],
  [
    'query A { a } query B { a }',
    undefined,
    'operationName is required to select an operation: the document has A, B.',
  ],
  ['subscription { a }', undefined, 'This graph serves no subscription.'],
  ['mutation { a }', undefined, 'This graph serves no mutation.'],
])('%s with the name %s cannot be served', (text, name, message) => {
  expect(() => selectOperation(parse(text), name, SUPERGRAPH)).toThrow(message)
})

test('a message has at most 400 characters of names', () => {
  const start = 'operationName is required to select an operation: the document has '
  const names = Array.from({ length: 100 }, (_, index) => `Name${index}`).join(', ')
  expect(() => selectOperation(parse(MANY), undefined, SUPERGRAPH)).toThrow(
    `${start}${names.slice(0, 399)}….`,
  )
})
