import { describe, expect, test } from 'vitest'
import { requestsOf } from '../../testing/plan-of.ts'

test('root fields of several subgraphs are one request to each, in whatever order the client names them', () => {
  const subgraphs = {
    one: 'type Query { a: Int b: Int }',
    two: 'type Query { c: Int d: Int e: Int }',
  }
  expect(requestsOf(subgraphs, '{ a c b d e }')).toEqual(['one after none {a b}', 'two after none {c d e}'])
})

test('the query that a mutation returns is asked after it, of other subgraphs too', () => {
  const subgraphs = {
    one: 'type Query { n: Int } type Mutation { make: Made } type Made { query: Query }',
    two: 'type Query { m: Int k: Int }',
  }
  expect(requestsOf(subgraphs, 'mutation { make { query { n m k } } }')).toEqual([
    'one after none mutation{make{query{n}}}',
    'two after 1 {m k}',
  ])
})

test('a mutation is asked for what it provides, and nobody else is', () => {
  const subgraphs = {
    one: `type Query { n: Int } type Mutation { make: P @provides(fields: "stars") }
      type P @key(fields: "id") { id: ID! stars: Int @external }`,
    two: 'type P @key(fields: "id") { id: ID! stars: Int @shareable }',
  }
  expect(requestsOf(subgraphs, 'mutation { make { stars } }')).toEqual([
    'one after none mutation{make{stars}}',
  ])
})

test('an object is asked of the subgraph that provides it, by its type', () => {
  const maker = (directive: string) => `type Maker { country: String ${directive} }`
  const subgraphs = {
    one: `type Query { top: P @provides(fields: "maker { country }") }
      type P @key(fields: "id") { id: ID! maker: Maker @external } ${maker('@external')}`,
    two: `type P @key(fields: "id") { id: ID! maker: Maker @shareable } ${maker('@shareable')}`,
  }
  expect(requestsOf(subgraphs, '{ top { maker { country } } }')).toEqual([
    'one after none {top{maker{country}}}',
  ])
})

test('fields of one name that are provided for several types keep apart where their types differ', () => {
  const things = (directive: string) => `type Crate @key(fields: "id") { id: ID! label: String ${directive} }
    type Tray @key(fields: "id") { id: ID! label: String! ${directive} }`
  const subgraphs = {
    one: `type Query { things: [Thing] @provides(fields: "... on Crate { label } ... on Tray { label }") }
      union Thing = Crate | Tray ${things('@external')}`,
    two: things('@shareable'),
  }
  expect(requestsOf(subgraphs, '{ things { ... on Crate { label } ... on Tray { label } } }')).toEqual([
    'one after none {things{__typename ...on Crate{label} ...on Tray{_label_s1:label}}}',
  ])
})

describe('a key from two subgraphs', () => {
  const start = 'type Query { top: P } type P @key(fields: "id") { id: ID! }'
  const coded = 'type P @key(fields: "id") { id: ID! code: ID! }'

  test('is asked of both, each with the type', () => {
    const found = 'type P @key(fields: "id code") { id: ID! code: ID! @external n: Int }'
    expect(requestsOf({ start, coded, found }, '{ top { n } }')).toEqual([
      'start after none {top{__typename id}}',
      'coded top after 1 q(){{...on P{__typename code}}}',
      'found top after 1 2 q(){{...on P{n}}}',
    ])
  })

  test('is asked of both by one request for each, where two subgraphs need it', () => {
    const lists = 'type P @key(fields: "id") { id: ID! list: ID! }'
    const found = 'type P @key(fields: "code list") { code: ID! @external list: ID! @external n: Int }'
    const priced = 'type P @key(fields: "id list") { id: ID! list: ID! @external m: Int }'
    expect(requestsOf({ start, coded, lists, found, priced }, '{ top { n m } }')).toEqual([
      'start after none {top{__typename id}}',
      'coded top after 1 q(){{...on P{__typename code}}}',
      'lists top after 1 q(){{...on P{__typename list}}}',
      'found top after 2 3 q(){{...on P{n}}}',
      'priced top after 1 3 q(){{...on P{m}}}',
    ])
  })
})

test('keys may consist of objects that have keys of the objects around', () => {
  const subgraphs = {
    one: `type Query { a: A } type A @key(fields: "b { id }") @key(fields: "id") { id: ID! b: B }
      type B @key(fields: "a { id }") @key(fields: "id") { id: ID! a: A }`,
    two: `type A @key(fields: "b { a { id } }") { id: ID! @external b: B @external n: Int }
      type B @key(fields: "a { b { id } }") { a: A @external id: ID! @external m: Int }`,
  }
  expect(requestsOf(subgraphs, '{ a { n } }')).toEqual([
    'one after none {a{__typename b{a{id}}}}',
    'two a after 1 q(){{...on A{n}}}',
  ])
})

describe('what a field requires', () => {
  const one = 'type Query { top: P } type P @key(fields: "id") { id: ID! size: Int }'
  const weights =
    'type P @key(fields: "id") { id: ID! size: Int @external weight: Int @requires(fields: "size") }'
  const fees =
    'type P @key(fields: "id") { id: ID! weight: Int @external fee: Int @requires(fields: "weight") }'
  const chain = ['weights top after 1 q(){{...on P{weight}}}', 'fees top after 1 2 q(){{...on P{fee}}}']

  test('may require something itself', () => {
    expect(requestsOf({ one, weights, fees }, '{ top { fee } }')).toEqual([
      'one after none {top{__typename id size}}',
      ...chain,
    ])
  })

  test('is asked once, though two fields require it', () => {
    const taxes = `type P @key(fields: "id") {
      id: ID! fee: Int @external weight: Int @external tax: Int @requires(fields: "fee weight")
    }`
    for (const fields of ['tax fee', 'fee tax'])
      expect(requestsOf({ one, weights, fees, taxes }, `{ top { ${fields} } }`)).toEqual([
        'one after none {top{__typename id size}}',
        ...chain,
        'taxes top after 1 3 2 q(){{...on P{tax}}}',
      ])
  })
})

test('a value from the objects around is awaited where another request fetches it', () => {
  const subgraphs = {
    start: `type Query { shops: [Shop] } type Shop @key(fields: "id") { id: ID! lines: [Line] }
      type Line @key(fields: "id") { id: ID! }`,
    pricing: `type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String }
      type Line @key(fields: "id") { id: ID! price(in: String @fromContext(field: "$shop { currency }")): String }`,
  }
  expect(requestsOf(subgraphs, '{ shops { lines { price } } }')).toEqual([
    'start after none {shops{__typename lines{__typename id} id}}',
    'pricing shops.@ after 1 q(){{...on Shop{currency}}}',
    'pricing shops.@.lines.@ after 1 2 q(,$context0:String){{...on Line{price(in:$context0)}}}',
  ])
  expect(requestsOf(subgraphs, '{ shops { lines { price @note(n: 1) } } }')[2]).toBe(
    'pricing shops.@.lines.@ after 1 2 q(,$context0:String){{...on Line{_price_0:price(in:$context0)@note(n:1)}}}',
  )
})
