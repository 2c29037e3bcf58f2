import { describe, expect, test } from 'vitest'
import { costOf, type Given } from '../../testing/cost-of.ts'

const estimated = (sdl: string, text: string, given?: Given) => costOf(sdl, text, given).estimated

const BOOKS = (address = '') => `
  type Query {
    book(id: ID): Book
    bestsellers: [Book] @listSize(assumedSize: 5)
    newestAdditions(after: ID, limit: Int!): [Book] @listSize(slicingArguments: ["limit"])
  }
  type Mutation { add: Book, count: Int }
  type Book { title: String author: Author publisher: Publisher }
  type Author { name: String } type Publisher { name: String address: Address }
  type Address ${address} { zipCode: Int! }
`
const BOOK = '{ title author { name } publisher { name address { zipCode } } }'

describe('the examples of the documentation of Apollo’s demand control', () => {
  test.each([
    ['four objects', BOOKS(), `{ book(id: 1) ${BOOK} }`, 4],
    ['a type of weight 5', BOOKS('@cost(weight: 5)'), `{ book(id: 1) ${BOOK} }`, 8],
    ['an assumed size of 5', BOOKS('@cost(weight: 5)'), `{ bestsellers ${BOOK} }`, 40],
    ['a slice of 3', BOOKS('@cost(weight: 5)'), `{ newestAdditions(limit: 3) ${BOOK} }`, 24],
    ['a slice of 7', BOOKS('@cost(weight: 5)'), `{ newestAdditions(limit: 7) ${BOOK} }`, 56],
    ['a mutation', BOOKS(), 'mutation { count }', 10],
    ['a mutation of an object', BOOKS(), 'mutation { add { title } }', 11],
  ])('%s', (_, sdl, text, cost) => {
    expect(estimated(sdl, text)).toBe(cost)
  })
})

// Sections 5.3 and 8. Here an object costs its weight for each of its possible occurrences, which IBM calls
// the type cost.
describe('the examples of the cost specification', () => {
  const products = `
    type Query {
      topProducts(filter: Filter @cost(weight: 15)): [String] @cost(weight: 5) @listSize(assumedSize: 1)
      mostPopularProduct(approx: Approximate @cost(weight: -3)): Product @cost(weight: 5)
      users(max: Int): [User] @listSize(slicingArguments: ["max"])
    }
    input Filter { field: Boolean! } enum Approximate { YES } type Product { name: String }
    type User { name: String age: Int @cost(weight: 2) }
  `
  test.each([
    ['a field of weight 5', '{ topProducts }', 5],
    ['with an argument of weight 15', '{ topProducts(filter: { field: true }) }', 20],
    ['with an argument of weight -3', '{ mostPopularProduct(approx: YES) { name } }', 2],
    ['without it', '{ mostPopularProduct { name } }', 5],
    ['a null instead of it', '{ mostPopularProduct(approx: null) { name } }', 5],
    ['five users, each with an age of weight 2', '{ users(max: 5) { age } }', 5 + 5 * 2],
  ])('%s', (_, text, cost) => {
    expect(estimated(products, text)).toBe(cost)
  })

  test('an answer of three users costs what came', () => {
    const { actual } = costOf(products, '{ users(max: 5) { age } }')
    expect(actual({ users: [{ age: 33 }, { age: 45 }, { age: 27 }] })).toBe(3 + 3 * 2)
  })

  const films = `
    type Query { films(first: Int, after: ID, last: Int): FilmConnection @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges"]) }
    type FilmConnection { edges: [FilmEdge] pageInfo: PageInfo }
    type FilmEdge { node: Film }
    type Film { title: String }
    type PageInfo { endCursor: ID }
  `
  const page = '{ edges { node { title } } pageInfo { endCursor } }'
  test.each([
    [`{ films(first: 5) ${page} }`, 1 + 5 * 2 + 1, null],
    [`{ films(last: 7) ${page} }`, 1 + 7 * 2 + 1, null],
    [`{ films(first: 5, last: 7) ${page} }`, 1 + 7 * 2 + 1, 'not 2'],
    [`{ films ${page} }`, 1 + 10 * 2 + 1, 'not 0'],
  ])('%s', (text, cost, problem) => {
    const found = costOf(films, text)
    expect(found.estimated).toBe(cost)
    if (problem === null) expect(found.problem).toBeNull()
    else expect(found.problem).toContain(`exactly one of its slicing arguments (first, last), ${problem}`)
  })
})

describe('slicing arguments', () => {
  const sdl = `
    type Query {
      page(first: Int = 10): Page @listSize(slicingArguments: ["first"], sizedFields: ["items"])
      deep(first: Int = 3): Deep @listSize(slicingArguments: ["first"], sizedFields: ["total", "results { items }"])
      mixed(first: Int = 3): Page @listSize(slicingArguments: ["first"], sizedFields: ["... on Page { others } items"])
      search(input: Search): [A] @listSize(slicingArguments: ["input.page.first"], assumedSize: 25, requireOneSlicingArgument: false)
      byIds(ids: [ID!]): [A] @listSize(slicingArguments: ["ids"], assumedSize: 50, requireOneSlicingArgument: false)
      either(first: Int, last: Int): [A] @listSize(slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
    }
    type Page { items: [A] others: [A] }
    type Deep { items: [A] results: Page }
    input Search { page: Slice = { first: 4 } word: String }
    input Slice { first: Int = 6 }
    type A { id: ID }
  `
  test.each<[string, string, Record<string, unknown>, number]>([
    ['a default', '{ page { items { id } } }', {}, 11],
    ['sized fields only', '{ page(first: 3) { items { id } others { id } } }', {}, 1 + 3 + 10],
    ['fields two levels below', '{ deep { results { items { id } } items { id } } }', {}, 1 + 1 + 3 + 10],
    [
      'fields beside a fragment, which names none',
      '{ mixed { items { id } others { id } } }',
      {},
      1 + 3 + 10,
    ],
    ['a variable', 'query ($n: Int) { page(first: $n) { items { id } } }', { n: 7 }, 8],
    ['a variable that is not given', 'query ($n: Int) { page(first: $n) { items { id } } }', {}, 11],
    ['a variable’s default', 'query ($n: Int = 2) { page(first: $n) { items { id } } }', {}, 3],
    ['a nested path', '{ search(input: { page: { first: 2 } }) { id } }', {}, 2 + 2],
    ['a default on the way', '{ search(input: { word: "x" }) { id } }', {}, 1 + 4],
    ['a default at its end', '{ search(input: { page: {} }) { id } }', {}, 2 + 6],
    ['nothing but the assumed size', '{ search { id } }', {}, 25],
    [
      'a variable in a nested path',
      'query ($n: Int) { search(input: { page: { first: $n } }) { id } }',
      { n: 9 },
      2 + 9,
    ],
    [
      'an input object in a variable',
      'query ($i: Search) { search(input: $i) { id } }',
      { i: { page: { first: 8 } } },
      2 + 8,
    ],
    ['a null', '{ search(input: null) { id } }', {}, 25],
    ['a null in a variable', 'query ($i: Search) { search(input: $i) { id } }', { i: null }, 25],
    ['a list of ids', '{ byIds(ids: [1, 2, 3]) { id } }', {}, 3],
    ['ids in a variable', 'query ($ids: [ID!]) { byIds(ids: $ids) { id } }', { ids: ['1', '2'] }, 2],
    ['no ids', '{ byIds { id } }', {}, 50],
    ['the larger of two', '{ either(first: 3, last: 8) { id } }', {}, 8],
    ['neither of two', '{ either { id } }', {}, 10],
    ['a negative one', '{ either(first: -5) { id } }', {}, 0],
  ])('%s', (_, text, variables, cost) => {
    expect(estimated(sdl, text, { variables })).toBe(cost)
  })

  test('one that is missing because of a variable is reported', () => {
    const one = `type Query { a(first: Int): [A] @listSize(slicingArguments: ["first"]) } type A { id: ID }`
    const text = 'query ($n: Int, $no: Boolean = false) { a(first: $n) @skip(if: $no) { id } }'
    expect(costOf(one, text, { variables: { n: 1 } }).problem).toBeNull()
    expect(costOf(one, text).problem).toBe(
      'The field a takes exactly one of its slicing arguments (first), not 0.',
    )
    expect(costOf(one, text, { variables: { no: true } }).problem).toBeNull()
  })
})

describe('weights', () => {
  const sdl = `
    type Query {
      field: Int @cost(weight: 5)
      arg(arg: Int @cost(weight: 10)): Int
      enum: AorB
      plain: Plain
      input(some: Priced): Int
      inputs(all: [Priced!]): Int
      scalar(of: Dear): Dear
      bag(of: Dear @cost(weight: 6)): Int
      object: Costly
      pick(of: AorB, level: Level): Int
      named: Costly @cost(weight: 3)
      list: [String!] @listSize(assumedSize: 2000, requireOneSlicingArgument: false)
      numbers: [Dear!]
      grid: [[Costly]]
      bundle(first: Int, refund: Int @cost(weight: -1000)): [Costly] @listSize(slicingArguments: ["first"], requireOneSlicingArgument: false)
    }
    enum AorB @cost(weight: 15) { A B @cost(weight: 4) }
    enum Plain { A }
    enum Level { LOW HIGH @cost(weight: 7) }
    scalar Dear @cost(weight: 30)
    type Costly @cost(weight: 40) { id: ID next: Costly }
    input Priced { some: Int @cost(weight: 20) inner: Priced level: Level }
  `
  test.each<[string, string, Record<string, unknown>, number]>([
    ['of a field', '{ field }', {}, 5],
    ['of a field before its type’s', '{ named { id } }', {}, 3],
    ['of an argument', '{ arg(arg: 1) }', {}, 10],
    ['of an argument that is left out', '{ arg }', {}, 0],
    ['of an enum', '{ enum }', {}, 15],
    ['of an enum without any', '{ plain }', {}, 0],
    ['of a scalar', '{ scalar }', {}, 30],
    ['of a scalar as an argument', 'query ($d: Dear) { scalar(of: $d) }', { d: 1 }, 60],
    ['of a scalar that is written as an object', '{ scalar(of: { a: 1 }) }', {}, 60],
    ['of an argument before that of such a scalar', '{ bag(of: { a: 1 }) }', {}, 6],
    ['of an enum as an argument', '{ pick(of: A) }', {}, 15],
    ['of an enum value before its enum’s', '{ pick(of: B) }', {}, 4],
    ['of an enum value', '{ pick(level: HIGH) }', {}, 7],
    ['of another enum value', '{ pick(level: LOW) }', {}, 0],
    ['of an enum value in a variable', 'query ($l: Level) { pick(level: $l) }', { l: 'HIGH' }, 7],
    ['of an object', '{ object { id } }', {}, 40],
    ['of an input field', '{ input(some: { some: 10 }) }', {}, 21],
    ['of input fields below', '{ input(some: { inner: { some: 1, level: HIGH } }) }', {}, 1 + 1 + 20 + 7],
    ['in a variable', 'query ($i: Priced) { input(some: $i) }', { i: { inner: { some: 1 } } }, 22],
    ['in a field of a variable', 'query ($n: Int) { input(some: { some: $n }) }', { n: 1 }, 21],
    ['in a list', 'query ($a: [Priced!]) { inputs(all: $a) }', { a: [{}, { some: 1 }] }, 22],
    ['of scalars in a list', '{ numbers }', {}, 300],
    ['of a list of strings', '{ list }', {}, 0],
    ['of a list of lists', '{ grid { id } }', {}, 100 * 40],
    ['that are negative make their own field free', '{ bundle(first: 2, refund: 1) { id } }', {}, 0],
    ['and nothing else', '{ bundle(first: 2, refund: 1) { next { id } } field }', {}, 2 * 40 + 5],
  ])('%s', (_, text, variables, cost) => {
    expect(estimated(sdl, text, { variables })).toBe(cost)
  })
})

describe('abstract types', () => {
  const sdl = `
    interface Media { id: ID size: Part all: [Part] authors(first: Int): [Person] }
    type Book implements Media { id: ID size: Part @cost(weight: 3) all: [Part] @listSize(assumedSize: 2) pages: [Part] @listSize(assumedSize: 50) authors(first: Int): [Person] @listSize(slicingArguments: ["first"], requireOneSlicingArgument: false) }
    type Film implements Media @cost(weight: 20) { id: ID size: Part all: [Part] scenes: [Part] @listSize(assumedSize: 7) authors(first: Int): [Person] @listSize(assumedSize: 4) }
    interface Unused { id: ID }
    union Thing = Book | Person
    type Part { id: ID }
    type Person { name: String films: [Film] @listSize(assumedSize: 2) }
    type Query { media: Media thing: Thing parts: [Part] unused: Unused }
  `
  test.each([
    ['an interface weighs as its dearest member', '{ media { id } }', 20],
    ['or as an object, without members', '{ unused { id } }', 1],
    ['a union too', '{ thing { __typename } }', 1],
    ['a field as its dearest member’s', '{ media { size { id } } }', 23],
    ['a list too, also as the one that is not annotated', '{ media { all { id } } }', 30],
    ['as a slice, also as one that cannot be sliced', '{ media { authors(first: 2) { name } } }', 24],
    [
      'one is what an object is',
      '{ media { ... on Book { pages { id } } ... on Film { scenes { id } } } }',
      70,
    ],
    [
      'with what all have in common',
      '{ media { size { id } ... on Book { pages { id } } ... on Film { scenes { id } } } }',
      20 + 3 + 50,
    ],
    [
      'fragments in fragments',
      '{ thing { ... on Media { ... on Book { pages { id } } ... on Film { scenes { id } } } } }',
      51,
    ],
  ])('%s', (_, text, cost) => {
    expect(estimated(sdl, text)).toBe(cost)
  })

  test('a field without annotation has its interface’s, where an @interfaceObject puts it', () => {
    const contributed = `
      interface Media { id: ID reviews: [Review] @listSize(assumedSize: 3) @cost(weight: 4) }
      interface Rated { reviews: [Review] }
      type Book implements Rated & Media { id: ID reviews: [Review] }
      type Review { id: ID }
      type Query { book: Book media: Media }
    `
    expect(estimated(contributed, '{ book { reviews { id } } }')).toBe(1 + 3 * 4)
    expect(estimated(contributed, '{ media { reviews { id } } }')).toBe(1 + 3 * 4)
  })
})

describe('an operation', () => {
  const sdl = `
    type Query { a: A list(first: Int): [A] @listSize(slicingArguments: ["first"], requireOneSlicingArgument: false) }
    type A { id: ID a: A b: A list(first: Int): [A] @listSize(slicingArguments: ["first"], requireOneSlicingArgument: false) }
  `
  test.each<[string, string, Record<string, unknown>, number]>([
    [
      'merges fields of one response name',
      '{ a { id a { id } } ...F ...F } fragment F on Query { a { b { id } } }',
      {},
      3,
    ],
    ['counts each alias', '{ x: a { id } y: a { id } }', {}, 2],
    ['skips what is always skipped', '{ a @skip(if: true) { id } x: a @include(if: false) { id } }', {}, 0],
    ['counts what is never skipped', '{ a @skip(if: false) { id } x: a @include(if: true) { id } }', {}, 2],
    [
      'counts what has one condition twice',
      'query ($n: Boolean!) { ... @include(if: $n) { a @include(if: $n) { id } } }',
      { n: true },
      1,
    ],
    ['skips by a variable', 'query ($n: Boolean!) { a @skip(if: $n) { id } }', { n: true }, 0],
    ['and does not', 'query ($n: Boolean!) { a @skip(if: $n) { id } }', { n: false }, 1],
    [
      'includes fragments by a variable',
      'query ($n: Boolean!) { ... @include(if: $n) { a { a { id } } } a { id } }',
      { n: true },
      2,
    ],
    [
      'and leaves out what is theirs alone',
      'query ($n: Boolean!) { ... @include(if: $n) { a { a { id } } } a { id } }',
      { n: false },
      1,
    ],
    [
      'counts a fragment that is spread under a condition and without one',
      'query ($n: Boolean!) { a { ...F @include(if: $n) } x: a { ...F } } fragment F on A { a { id } }',
      { n: false },
      3,
    ],
    [
      'counts a fragment under the condition of each place',
      'query ($m: Boolean!, $n: Boolean!) { a { ...F @include(if: $n) } x: a { ...F @include(if: $m) } } fragment F on A { a { id } }',
      { m: true, n: false },
      3,
    ],
    ['asks nothing for __typename', '{ __typename a { __typename } }', {}, 1],
    [
      'multiplies lists',
      '{ list(first: 100) { list(first: 100) { list(first: 100) { id } } } }',
      {},
      1_010_100,
    ],
  ])('%s', (_, text, variables, cost) => {
    expect(estimated(sdl, text, { variables })).toBe(cost)
  })

  test('a cost is a number that JSON can hold, however large', () => {
    const nested = (levels: number): string =>
      levels === 0 ? 'id' : `list(first: $n) { ${nested(levels - 1)} }`
    const text = `query ($n: Int = 2147483647) { ${nested(45)} }`
    expect(estimated(sdl, text)).toBe(Number.MAX_SAFE_INTEGER)
    expect(estimated(sdl, text, { variables: { n: 0 } })).toBe(0)
  })

  test('fragments that double are compiled once each', () => {
    const fragments = Array.from(
      { length: 40 },
      (_, i) => `fragment F${i} on A { a { ...F${i + 1} } b { ...F${i + 1} } }`,
    )
    const text = `{ a { ...F0 } } ${fragments.join('\n')} fragment F40 on A { id }`
    expect(estimated(sdl, text)).toBe(2 ** 41 - 1)
  })

  test('the dearest path names aliases and lengths', () => {
    const text =
      'query ($n: Int) { a { id } all: list(first: $n) { a { id } x: list(first: 3) { b { id } } } }'
    expect(costOf(sdl, text, { variables: { n: 50 } }).dearest).toBe('all×50.x×3.b')
  })

  test('the usual introspection costs a tenth of its objects, and each alias of it as much', () => {
    const types = '__schema { types { name fields { name args { name } } } }'
    const one = estimated(sdl, `{ ${types} }`)
    expect(one).toBeGreaterThan(1)
    expect(one).toBeLessThan(30)
    expect(estimated(sdl, `{ a: ${types} b: ${types} c: ${types} }`)).toBeGreaterThan(2 * one)
  })

  test('what a field requires counts, though the client selects it not', () => {
    const requiring = `
      type Query { ships: [Ship] }
      type Ship { id: ID owner: User fee: Int @join__field(graph: "A", requires: "owner { cards { id } }") }
      type User { id: ID cards: [Card] }
      type Card { id: ID }
    `
    expect(estimated(requiring, '{ ships { fee } }', { listSize: 100 })).toBe(100 + 100 * (1 + 100))
    expect(estimated(requiring, '{ ships { fee } }', { listSize: 5 })).toBe(35)
  })
})

describe('what came', () => {
  const sdl = `
    type Query { list(first: Int): [A] @listSize(slicingArguments: ["first"]) pick(some: Input): A any: Any }
    type Mutation { make: A }
    input Input { some: Int @cost(weight: 20) }
    type A { id: ID a: A dear: Int @cost(weight: 5) }
    type B { a: A }
    union Any = A | B
  `
  test.each<[string, string, unknown, number]>([
    [
      'as many objects as there are',
      '{ list(first: 100) { id a { id } } }',
      {
        list: [
          { id: 1, a: null },
          { id: 2, a: { id: 3 } },
        ],
      },
      3,
    ],
    ['nothing for a null, but its arguments', '{ pick(some: { some: 1 }) { id } }', { pick: null }, 21],
    [
      'values by their weight',
      '{ list(first: 1) { dear } }',
      { list: [{ dear: 1 }, { dear: null }, null] },
      2 + 5,
    ],
    ['a mutation', 'mutation { make { id } }', { make: { id: 1 } }, 11],
    [
      'members of a union',
      '{ any { ... on B { x: a { id } } ... on A { a { id } } } }',
      { any: { x: { id: 1 } } },
      2,
    ],
    ['nothing of no data', '{ list(first: 1) { id } }', null, 0],
  ])('%s', (_, text, data, cost) => {
    expect(costOf(sdl, text).actual(data)).toBe(cost)
  })
})
