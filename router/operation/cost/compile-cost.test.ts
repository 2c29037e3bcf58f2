import { expect, test } from 'vitest'
import { costOf } from '../../testing/cost-of.ts'

const SDL = `
  type Query {
    pages(first: Int): Pages @listSize(slicingArguments: ["first"], sizedFields: ["page { items }", "page { pages }"])
    node: Node
    group: Group
    gift: Item @cost(weight: 0)
    shelf: Shelf
    page(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["items"])
    over(first: Int): Over @listSize(slicingArguments: ["first"], sizedFields: ["both { list { items } }", "outer { lists }", "inner { lists { items } }", "again { lists }"])
    broken(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["items {", "pages"])
    racks(first: Int): Racks @listSize(slicingArguments: ["first"], sizedFields: ["racks { items }", "shelves"])
  }
  type Racks { racks: [Page] shelves: [Shelf] @listSize(assumedSize: 50) }
  type Pages { page: Page }
  type Over {
    both(first: Int): Lists @listSize(slicingArguments: ["first"], sizedFields: ["list { pages }"])
    outer(first: Int): Lists @listSize(slicingArguments: ["first"], sizedFields: ["lists { pages }"])
    inner(first: Int): Lists @listSize(slicingArguments: ["first"], sizedFields: ["lists"])
    again(first: Int): Lists @listSize(slicingArguments: ["first"], sizedFields: ["lists"], requireOneSlicingArgument: false)
  }
  type Lists { list: Page lists: [Page] }
  interface Node {
    fee: Int
    up(first: Int): Page
    down(first: Int): Page
    few: [Item] @listSize(assumedSize: 3)
    most: [Item] @listSize(assumedSize: 30)
    many: [Item]
    grid: [[Item]]
    own: Int @cost(weight: 9)
    price: Int @cost(weight: 9)
    fees: [Int]
    theirs: Int @cost(weight: 2)
    level: Level
    codes(first: Int): [Int]
    marks(first: Int): [Int]
  }
  type A implements Node {
    fee: Int @join__field(graph: "A", requires: "item { id }")
    up(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["items"])
    down(first: Int): Page @listSize(assumedSize: 50, sizedFields: ["items"])
    few: [Item] @listSize(assumedSize: 8)
    most: [Item] @listSize(assumedSize: 8)
    price: Int @cost(weight: 2)
    fees: [Int] @join__field(graph: "A", requires: "item { id }")
    many: [Item] @listSize(assumedSize: 50)
    grid: [[Item]] @listSize(assumedSize: 50)
    own: Int @cost(weight: 2)
    theirs: Int @cost(weight: 9)
    item: Item
    level: Level
    codes(first: Int): [Int] @listSize(slicingArguments: ["first"])
    marks(first: Int): [Int]
  }
  type B implements Node {
    fee: Int @join__field(graph: "B") @join__field(graph: "A", requires: "total { item { id } }")
    up(first: Int): Page @listSize(assumedSize: 50, sizedFields: ["items"])
    down(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["items"])
    few: [Item]
    most: [Item] @listSize(assumedSize: 3)
    price: Int @cost(weight: 2)
    fees: [Int]
    many: [Item]
    grid: [[Item]]
    own: Int
    theirs: Int
    total: Total @join__field(graph: "A", requires: "item { id }")
    item: Item
    level: Level
    codes(first: Int): [Int]
    marks(first: Int): [Int] @listSize(slicingArguments: ["first"])
  }
  interface Few { items: [Item] @listSize(assumedSize: 3) }
  interface Many { items: [Item] @listSize(assumedSize: 8) }
  type Shelf implements Few & Many { items: [Item] }
  type Page { items: [Item] pages: [Item] }
  type Total { item: Item }
  type Item { id: ID }
  type Group @cost(weight: 0) { item: Item }
  enum Level { LOW HIGH @cost(weight: 7) }
`
const F = 'fragment F on Page { items { id } }'

test.each([
  [
    'a fragment counts by the size of each place',
    `{ page(first: 3) { ...F } x: page(first: 5) { ...F } } ${F}`,
    10,
  ],
  [
    'sizes of several fields below one',
    '{ pages(first: 3) { page { items { id } pages { id } } } }',
    2 + 3 + 3,
  ],
  [
    'the largest size that members state below, the last one',
    '{ node { up(first: 3) { items { id } } } }',
    52,
  ],
  ['or the first one', '{ node { down(first: 3) { items { id } } } }', 52],
  ['the largest size of members and their interface', '{ node { few { id } } }', 1 + 8],
  ['or that of the interface', '{ node { most { id } } }', 1 + 30],
  ['the largest weight of members and their interface, its own', '{ node { own } }', 1 + 9],
  ['its own too where each member has one', '{ node { price } }', 1 + 9],
  ['or that of a member', '{ node { theirs } }', 1 + 9],
  ['the largest size of an object’s interfaces', '{ shelf { items { id } } }', 1 + 8],
  ['a field without weight costs nothing', '{ gift { id } }', 0],
  ['an object without weight costs what is below it', '{ group { item { id } } }', 1],
  ['an enum weighs as its dearest value', '{ node { level } }', 1 + 7],
  // B requires two objects, A one.
  ['the dearest requirement of members, without its own requirements', '{ node { fee } }', 1 + 2],
  ['the size of one member that exceeds the default', '{ node { many { id } } }', 1 + 50],
  [
    'the largest size of an object and its interface, where both select it',
    '{ node { ... on B { many { id } ... on Node { many { id } } } } }',
    1 + 50,
  ],
  ['the largest weight of both', '{ node { ... on A { own ... on Node { own } } } }', 1 + 9],
  ['in either order', '{ node { ... on A { ... on Node { own } own } } }', 1 + 9],
  ['a list that requires an object, once', '{ node { fees } }', 1 + 1],
  [
    'a list between a size and the field of that size',
    '{ racks(first: 3) { racks { items { id } } } }',
    1 + 10 * (1 + 3),
  ],
  [
    'the size that a field above states, not its own',
    '{ racks(first: 3) { shelves { __typename } } }',
    1 + 3,
  ],
  [
    'fields below one, of which a field and the one above it each state a size',
    '{ over(first: 3) { both(first: 5) { list { items { id } pages { id } } } } }',
    1 + 1 + 1 + 3 + 5,
  ],
  [
    'a list of the size above, with fields of the own size',
    '{ over(first: 3) { outer(first: 5) { lists { pages { id } } } } }',
    1 + 1 + 3 * (1 + 5),
  ],
  [
    'a list of the own size, with fields of the size above',
    '{ over(first: 3) { inner(first: 5) { lists { items { id } } } } }',
    1 + 1 + 5 * (1 + 3),
  ],
  [
    'the larger size of a list, that above',
    '{ over(first: 3) { again(first: 2) { lists { __typename } } } }',
    1 + 1 + 3,
  ],
  ['or its own', '{ over(first: 3) { again(first: 5) { lists { __typename } } } }', 1 + 1 + 5],
  [
    'the size above where there is no own',
    '{ over(first: 3) { again { lists { __typename } } } }',
    1 + 1 + 3,
  ],
  ['a list of lists of a member without a size', '{ node { grid { id } } }', 1 + 10 * 10],
  [
    'a text that is no field set names no field',
    '{ broken(first: 3) { items { id } pages { id } } }',
    1 + 10 + 3,
  ],
  ['the dearest requirement of both', '{ node { ... on A { fee ... on Node { fee } } } }', 1 + 2],
])('%s', (_, text, cost) => {
  expect(costOf(SDL, text).estimated).toBe(cost)
})

test.each([
  [false, false],
  [true, false],
  [false, true],
])('a missing slicing argument is reported if either selection is included: %j, %j', (v, w) => {
  const text =
    'query ($v: Boolean!, $w: Boolean!) { page @include(if: $v) { items { id } } page @include(if: $w) { items { id } } }'
  const { problem } = costOf(SDL, text, { variables: { v, w } })
  if (v || w) expect(problem).toContain('The field page takes exactly one')
  else expect(problem).toBeNull()
})

test.each(['codes', 'marks'])(
  'a missing slicing argument of one member is reported, though the field costs nothing: %s',
  (field) => {
    expect(costOf(SDL, `{ node { ${field} } }`).problem).toContain(`The field ${field} takes exactly one`)
    expect(costOf(SDL, `{ node { ${field}(first: 1) } }`).problem).toBeNull()
  },
)

test.each([
  ['alone', '{ __type(name: "A") { name } }', {}],
  ['by variables', 'query ($v: Boolean!) { __type(name: "A") @include(if: $v) { name } }', { v: true }],
])('a fraction is rounded up: %s', (_, text, variables) => {
  expect(costOf(SDL, text, { variables }).estimated).toBe(1)
})

test('a weight, and a length times a weight, is at most the largest cost', () => {
  const sdl = `
    type Query { a(of: Int @cost(weight: 1e300)): Int @cost(weight: 1e300) all(of: [Int] @cost(weight: 1e300)): Int b(n: Big): [B] @listSize(slicingArguments: ["n"]) }
    scalar Big
    type B @cost(weight: 3) { id: ID }`
  expect(costOf(sdl, '{ a }').estimated).toBe(Number.MAX_SAFE_INTEGER)
  expect(costOf(sdl, 'query ($n: Int) { a(of: $n) }', { variables: { n: 1 } }).estimated).toBe(
    Number.MAX_SAFE_INTEGER,
  )
  expect(costOf(sdl, 'query ($l: [Int]) { all(of: $l) }', { variables: { l: [1, 1] } }).estimated).toBe(
    Number.MAX_SAFE_INTEGER,
  )
  expect(costOf(sdl, 'query ($n: Big) { b(n: $n) { id } }', { variables: { n: 1e300 } }).estimated).toBe(
    Number.MAX_SAFE_INTEGER,
  )
})
