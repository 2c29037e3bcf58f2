import { buildSchema, type DocumentNode, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { isSurelyValid } from './fast-validation.ts'

const SCHEMA = buildSchema(`
  type Query {
    node(id: ID!): Node
    nodes(ids: [ID!]!, first: Int = 3): [Node!]!
    search(filter: Filter, kinds: [Kind!], blob: Blob): [Hit]
    product: Product
    matrix(of: [[Int]]): Int
    oneOf(key: Key): Int
  }
  type Mutation { rate(stars: Int!, text: String): Review }
  type Subscription { rated: Review }
  interface Node { id: ID! }
  type Product implements Node { id: ID! name: String price(in: Kind = A): Float reviews: [Review] hue: Kind }
  type Review implements Node { id: ID! stars: Int! product: Product name: String! }
  type Other { id: ID! }
  union Hit = Product | Review
  enum Kind { A B }
  input Filter { text: String! max: Int = 5 kinds: [Kind!] and: Filter }
  input Key @oneOf { id: ID name: String }
  scalar Blob`)

const isSure = (text: string) => isSurelyValid(SCHEMA, parse(text))
const isValid = (document: DocumentNode) => validate(SCHEMA, document).length === 0

const PASSED = [
  '{ product { name } }',
  'query Named { __typename product { __typename id name price(in: B) reviews { stars } } }',
  'mutation ($s: Int!, $t: String) { rate(stars: $s, text: $t) { id } }',
  'query ($id: ID!) { node(id: $id) { id ... on Product { name } ... on Review { stars } } a: node(id: "1") { id } b: node(id: 2) { ...N } } fragment N on Node { id ... { id } }',
  'query ($ids: [ID!]!, $n: Int) { nodes(ids: $ids, first: $n) { id } x: nodes(ids: "1") { id } y: nodes(ids: ["1", 2], first: null) { id } }',
  'query ($f: Filter, $b: Blob) { search(filter: $f, kinds: A, blob: $b) { ... on Product { id } ... on Review { id } } }',
  'query ($m: Int = 3, $k: Kind!) { search(filter: { text: "a", max: $m, kinds: [A, $k], and: { text: "b" } }, blob: 5) { __typename } }',
  'query ($a: Boolean!, $b: Boolean = true) { product @include(if: $a) { name @skip(if: true) @include(if: $a) } x: product { ... @skip(if: $a) { hue } } y: product { id @skip(if: false) } z: matrix(of: [[1, null], null]) }',
  '{ product { name ...P } product { id } } fragment P on Product { name reviews { stars } ...Q } fragment Q on Product { reviews { id } }',
].map((text) => text.replace('$b: Boolean = true', ''))

/** At least one for each rule of the specification. */
const FAILED = [
  'type X { a: Int } { product { id } }',
  'query A { product { id } } query A { product { id } }',
  '{ product { id } } query A { product { id } }',
  'subscription { rated { id } a: rated { id } }',
  '{ product { ... on Unknown { id } } }',
  'query ($a: Unknown) { matrix }',
  'query ($a: Unknown = 1) { matrix(of: $a) }',
  '{ product { ... on Kind { id } } }',
  'query ($a: Product) { matrix(of: $a) }',
  '{ product }',
  '{ product { id { a } } }',
  '{ product { unknown } }',
  '{ search { id } }',
  '{ constructor }',
  '{ product { __proto__ toString } }',
  '{ product { ...A } } fragment A on Product { id } fragment A on Product { id }',
  '{ product { ...A } }',
  '{ product { id } } fragment A on Product { id }',
  '{ product { ... on Other { id } } }',
  '{ product { ...A } } fragment A on Other { id }',
  '{ product { ...A } } fragment A on Product { id ...A }',
  '{ product { ...A } } fragment A on Product { ...B } fragment B on Product { ...A }',
  'query ($a: ID!, $a: ID!) { node(id: $a) { id } }',
  '{ node(id: $a) { id } }',
  'query ($a: ID!) { product { id } }',
  '{ product { id @unknown } }',
  '{ product @deprecated { id } }',
  'query @skip(if: true) { product { id } }',
  'query ($a: Int @skip(if: true)) { search(filter: { text: "", max: $a }) { __typename } }',
  '{ product { id @skip(if: true) @skip(if: true) } }',
  '{ product { id @skip } }',
  '{ product { id @skip(if: 1) } }',
  '{ product { id @skip(unless: true, if: true) } }',
  'query ($a: Boolean) { product { id @skip(if: $a) } }',
  'query ($a: String!) { product { id @skip(if: $a) } }',
  '{ product { price(unknown: 1) } }',
  '{ product { price(in: A, in: A) } }',
  '{ product { price(in: C) } }',
  '{ product { price(in: "A") } }',
  '{ product { id(a: 1) } }',
  '{ product { __typename(a: 1) } }',
  '{ node { id } }',
  '{ node(id: null) { id } }',
  '{ node(id: 1.5) { id } }',
  '{ nodes(ids: ["a", null]) { id } }',
  '{ nodes(ids: "a", first: 3000000000) { id } }',
  '{ search(filter: {}) { __typename } }',
  '{ search(filter: { text: "a", text: "b" }) { __typename } }',
  '{ search(filter: { text: "a", unknown: 1 }) { __typename } }',
  '{ search(filter: { text: "a", and: { max: 1 } }) { __typename } }',
  '{ search(filter: "a") { __typename } }',
  '{ search(filter: [{ text: "a" }, { text: "b" }]) { __typename } }',
  '{ matrix(of: [["a"]]) }',
  '{ matrix(of: { a: 1 }) }',
  '{ oneOf(key: { id: 1, name: "a" }) }',
  '{ oneOf(key: { id: null }) }',
  '{ search(blob: { a: $unknown }) { __typename } }',
  'query ($a: Int) { node(id: $a) { id } }',
  'query ($a: ID) { node(id: $a) { id } }',
  'query ($a: [ID]) { nodes(ids: $a) { id } }',
  'query ($a: Int = "x") { nodes(ids: 1, first: $a) { id } }',
  'query ($a: Int! = null) { nodes(ids: 1, first: $a) { id } }',
  '{ product { id: name id } }',
  '{ product { a: price(in: A) a: price(in: B) } }',
  '{ product { price price(in: B) } }',
  '{ search { ... on Product { name } ... on Review { name } } }',
  '{ product { reviews { x: stars } reviews { x: id } } }',
  '{ a: product { id } ...A } fragment A on Query { a: matrix }',
]

describe('a document that', () => {
  test('is very large is left to the rules', () => {
    const fields = Array.from({ length: 1_001 }, (_, index) => `a${index}: product { id }`)
    expect(validate(SCHEMA, parse(`{ ${fields.join(' ')} }`))).toEqual([])
    expect(isSure(`{ ${fields.join(' ')} }`)).toBe(false)
  })

  test.each(PASSED)('passes every rule surely does: %s', (text) => {
    expect(validate(SCHEMA, parse(text))).toEqual([])
    expect(isSure(text)).toBe(true)
  })

  test.each(FAILED)('breaks a rule does not surely pass: %s', (text) => {
    expect(isValid(parse(text))).toBe(false)
    expect(isSure(text)).toBe(false)
  })

  test.each([
    '{ __schema { queryType { name } } }',
    'query A { product { id } } query B { product { id } }',
    'query ($a: Boolean = true) { product { id @skip(if: $a) } }',
    '{ product { price(in: A) price(in: A) } }',
    '{ oneOf(key: { id: 1 }) }',
    '{ search(blob: { a: [1] }) { __typename } }',
  ])('is out of the ordinary is left to the rules: %s', (text) => {
    expect(validate(SCHEMA, parse(text))).toEqual([])
    expect(isSure(text)).toBe(false)
  })
})

test('what surely passes every rule does so after any change to a text, too', () => {
  let seed = 1
  const below = (limit: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % limit
  }
  const pieces = [...PASSED, ...FAILED].map((text) => text.match(/\w+|"\w*"|\.\.\.|\S/g) ?? [])
  const words = [...new Set(pieces.flat())]
  const sure = Array.from({ length: 20_000 }, () => {
    const tokens = [...(pieces[below(PASSED.length)] ?? [])]
    for (let changes = 1 + below(3); changes > 0; changes--) {
      const put = below(3) === 0 ? [] : [words[below(words.length)] ?? '']
      tokens.splice(below(tokens.length), below(2) + (put.length === 0 ? 1 : 0), ...put)
    }
    return tokens.join(' ')
  }).filter((text) => {
    const document = parsed(text)
    if (!document || !isSurelyValid(SCHEMA, document)) return false
    expect(validate(SCHEMA, document), text).toEqual([])
    return true
  })
  expect(sure.length).toBeGreaterThan(200)
})

function parsed(text: string): DocumentNode | null {
  try {
    return parse(text)
  } catch {
    return null
  }
}
