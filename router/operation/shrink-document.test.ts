import { parse, print } from 'graphql'
import { expect, test } from 'vitest'
import { shrinkDocument } from './shrink-document.ts'

test('a document that was made lean says the same', () => {
  const text = `query A($x: Int = 1 @a, $y: [ID!]) @b(c: [1, { d: $x }]) {
      one: two(three: $x, four: []) @skip(if: true) { ... on T @include(if: $z) { f ...G } ... { g } }
      h
    }
    query B { h }
    fragment G on T @e { id }`
  const read = () => parse(text, { noLocation: true })
  const document = shrinkDocument(read())
  expect(document).toEqual(read())
  expect(print(document)).toBe(print(read()))
})
