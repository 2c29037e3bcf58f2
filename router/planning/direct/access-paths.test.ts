import { expect, test } from 'vitest'
import { requestsOf } from '../../testing/plan-of.ts'

test('a mutation is sent to one subgraph, though two together would answer earlier', () => {
  const subgraphs = {
    one: `type Query { n: Int } type Mutation { make: Box @shareable }
      type Box @key(fields: "id") { id: ID! a: Int }`,
    two: 'type Mutation { make: Box @shareable } type Box { id: ID! @shareable b: Int }',
  }
  expect(requestsOf(subgraphs, 'mutation { make { a b } }')).toEqual([
    'two after none mutation{make{__typename b id}}',
    'one make after 1 q(){{...on Box{a}}}',
  ])
})

test('a mutation is sent to one subgraph, though another one has at once what a third one has later', () => {
  const subgraphs = {
    one: `type Query { n: Int } type Mutation { make: Box @shareable }
      type Box @key(fields: "id") { id: ID! a: Int }`,
    two: 'type Mutation { make: Box @shareable } type Box { id: ID! @shareable b: Int @shareable }',
    three: 'type Box @key(fields: "id") { id: ID! b: Int @shareable }',
  }
  expect(requestsOf(subgraphs, 'mutation { make { a b } }')).toEqual([
    'one after none mutation{make{__typename a id}}',
    'three make after 1 q(){{...on Box{b}}}',
  ])
})

test('a field that leads to the objects is asked only of a subgraph where it has their type', () => {
  const subgraphs = {
    one: 'type Query { best: Book @shareable } type Book @key(fields: "id") { id: ID! name: String }',
    two: `type Query { best: Item @shareable } interface Item { id: ID! }
      type Book implements Item @key(fields: "id") { id: ID! price: Int }`,
  }
  expect(requestsOf(subgraphs, '{ best { ... on Book { name price } } }')).toEqual([
    'one after none {best{__typename name id}}',
    'two best after 1 q(){{...on Book{price}}}',
  ])
})

test('a field that leads to the objects is asked with what it requires', () => {
  const subgraphs = {
    one: `type Query { top: Product }
      type Product @key(fields: "id") { id: ID! weight: Int box: Box @shareable } type Box { a: Int }`,
    two: `type Product @key(fields: "id") {
        id: ID! weight: Int @external box: Box @shareable @requires(fields: "weight") name: String
      }
      type Box { b: Int }`,
  }
  expect(requestsOf(subgraphs, '{ top { name box { a b } } }')).toEqual([
    'one after none {top{__typename box{a} id weight}}',
    'two top after 1 q(){{...on Product{box{b}}}}',
    'two top after 1 q(){{...on Product{name}}}',
  ])
})

test('what has inputs is asked with them, though several subgraphs resolve it, and one is asked anyway', () => {
  const needy = 'weight: Int @external fee: Int @shareable @requires(fields: "weight")'
  const priced = {
    one: 'type Query { top: Product } type Product @key(fields: "id") { id: ID! weight: Int }',
    two: `type Product @key(fields: "id") { id: ID! ${needy} name: String }`,
    three: `type Product @key(fields: "id") { id: ID! ${needy} }`,
  }
  expect(requestsOf(priced, '{ top { name fee } }')).toEqual([
    'one after none {top{__typename id weight}}',
    'two top after 1 q(){{...on Product{name}}}',
    'two top after 1 q(){{...on Product{fee}}}',
  ])
  const shop = `type Shop @context(name: "shop") { currency: String line: Line }
    type Line @key(fields: "id") { id: ID! price(by: String @fromContext(field: "$shop { currency }")): String @shareable }`
  const shops = {
    one: `type Query { shop: Shop } ${shop}`,
    two: 'type Line @key(fields: "id") { id: ID! price: String @shareable }',
  }
  expect(requestsOf(shops, '{ shop { line { price } } }')).toEqual([
    'one after none {shop{line{__typename id}}}',
    'two shop.line after 1 q(){{...on Line{price}}}',
  ])
})

test('objects of several types alike are asked of a subgraph that has all of these, for all of them', () => {
  const shelf = 'type Shelf @key(fields: "id") { id: ID! items: [Item] @shareable }'
  const typesWith = (field: string) => `union Item = Sock | Hat interface Named { ${field}: Int }
    type Sock implements Named { ${field}: Int } type Hat implements Named { ${field}: Int }`
  const both = {
    one: `type Query { shelf: Shelf } ${shelf} ${typesWith('a')}`,
    two: `${shelf} ${typesWith('b')}`,
  }
  expect(requestsOf(both, '{ shelf { items { ... on Named { a b } } } }')).toEqual([
    'one after none {shelf{__typename items{__typename ...on Sock{a} ...on Hat{a}} id}}',
    'two shelf after 1 q(){{...on Shelf{items{__typename ...on Sock{b} ...on Hat{b}}}}}',
  ])
  const entities = (field: string, sharing: string) => `interface Item { id: ID! ${field}: Int }
    type Sock implements Item @key(fields: "id") { id: ID! ${field}: Int ${sharing} }
    type Hat implements Item @key(fields: "id") { id: ID! ${field}: Int ${sharing} }`
  const some = {
    one: `type Query { shelf: Shelf } ${shelf} ${entities('a', '')}`,
    hats: `${shelf} interface Item { id: ID! }
      type Hat implements Item { id: ID! @shareable b: Int @shareable } type Sock { id: ID! @shareable b: Int @shareable }`,
    three: entities('b', '@shareable'),
  }
  // Too many for the planner to compare all plans.
  const fields = Array.from({ length: 40 }, (_, index) => `s${index}: shelf { items { b } }`)
  const asked = requestsOf(some, `{ ${fields.join(' ')} }`).map((request) => request.split(' ')[0])
  expect(new Set(asked)).toEqual(new Set(['one', 'three']))
})

test('an object of an interface’s field comes in parts from several subgraphs for all types at once', () => {
  const held = (field: string) => `type Query { held: Held @shareable } interface Held { size: Size }
    type Bag implements Held { size: Size @shareable } type Box implements Held { size: Size @shareable }
    type Size { ${field}: Int }`
  expect(
    requestsOf({ one: held('width'), two: held('height') }, '{ held { size { width height } } }'),
  ).toEqual(['one after none {held{size{width}}}', 'two after none {held{size{height}}}'])
})

test('a requirement that objects within each other have in equal words does not require itself', () => {
  const subgraphs = {
    one: `type Query { box: Box }
      type Box @key(fields: "id") { id: ID! part: Part }
      type Part @key(fields: "id") { id: ID! part: Pin }
      type Pin { n: Int }`,
    two: `type Box @key(fields: "id") { id: ID! part: Part @external fee: Int @requires(fields: "part { n }") }
      type Part @key(fields: "id") { id: ID! part: Pin @external n: Int @requires(fields: "part { n }") }
      type Pin { n: Int @external }`,
  }
  expect(requestsOf(subgraphs, '{ box { fee } }')).toEqual([
    'one after none {box{__typename id part{__typename id part{n}}}}',
    'two box.part after 1 q(){{...on Part{n}}}',
    'two box after 1 2 q(){{...on Box{fee}}}',
  ])
})

test('requirements may be nested fifty deep', () => {
  const parts: Record<string, string[]> = { one: [], two: [] }
  for (let n = 1; n <= 50; n++)
    parts[n % 2 ? 'two' : 'one']?.push(`w${n - 1}: Int @external w${n}: Int @requires(fields: "w${n - 1}")`)
  const subgraphs = {
    one: `type Query { best: P } type P @key(fields: "id") { id: ID! w0: Int ${parts.one?.join(' ')} }`,
    two: `type P @key(fields: "id") { id: ID! ${parts.two?.join(' ')} }`,
  }
  expect(requestsOf(subgraphs, '{ best { w50 } }')).toHaveLength(51)
})

test('an operation may have more requirements than may be nested', () => {
  const numbers = Array.from({ length: 51 }, (_, index) => index)
  const fields = (field: (index: number) => string) => numbers.map(field).join(' ')
  const subgraphs = {
    one: `type Query { best: P } type P @key(fields: "id") { id: ID! ${fields((n) => `w${n}: Int`)} }`,
    two: `type P @key(fields: "id") { id: ID! ${fields((n) => `w${n}: Int @external f${n}: Int @requires(fields: "w${n}")`)} }`,
  }
  expect(requestsOf(subgraphs, `{ best { ${fields((n) => `f${n}`)} } }`)).toHaveLength(52)
})
