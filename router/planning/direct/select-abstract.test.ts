import { describe, expect, test } from 'vitest'
import { requestsOf } from '../../testing/plan-of.ts'
import { TooLarge } from './unplannable.ts'

test('a field of an interface is asked by types where only their keys lead to what is below it', () => {
  const types = ['Book', 'Game'].map(
    (name) => `type ${name} implements Item @key(fields: "id") { id: ID! maker: Maker @shareable }`,
  )
  const items = `interface Item { id: ID! maker: Maker } ${types.join(' ')}`
  const subgraphs = {
    a: `${items} type Maker { id: ID! @shareable } type Query { items: [Item] }`,
    b: `${items} type Maker { id: ID! @shareable name: String }`,
  }
  expect(requestsOf(subgraphs, '{ items { maker { id name } } }')).toEqual([
    'a after none {items{__typename ...on Book{__typename maker{id} id} ...on Game{__typename maker{id} id}}}',
    'b items.@.|Book|Game after 1 q(){{...on Book{maker{name}} ...on Game{maker{name}}}}',
  ])
})

const ITEMS = ['Book', 'Game'].map(
  (name) => `type ${name} implements Item @key(fields: "id") { id: ID! maker: Maker @shareable }`,
)
const ITEM = `interface Item { id: ID! maker: Maker } ${ITEMS.join(' ')}`
const SHELF = 'type Shelf @key(fields: "id") { id: ID! items: [Item] @shareable }'
/** Asks `a` for the items, who does not know what is below their makers. */
const FIRST = `type Query { shelf: Shelf } ${SHELF} ${ITEM.replaceAll('maker:', 'tag: Int maker:')}`

describe('what is below a field of an interface', () => {
  const makers = (fields: string) => `type Maker { id: ID! @shareable ${fields} }`
  const graph = {
    a: `${FIRST} ${makers('')}`,
    b: `${ITEM} ${SHELF} ${makers('name: String')}`,
    c: `${ITEM} ${makers('city: String')}`,
  }

  test('is asked by the field of the objects around, where that leads to all of it', () => {
    expect(requestsOf(graph, '{ shelf { items { tag maker { id name } } } }')).toEqual([
      'a after none {shelf{__typename items{tag maker{id}} id}}',
      'b shelf after 1 q(){{...on Shelf{items{maker{name}}}}}',
    ])
  })

  test('is asked by types, where that leads to a part of it', () => {
    expect(requestsOf(graph, '{ shelf { items { tag maker { name city } } } }').slice(1)).toEqual([
      'b shelf.items.@.|Book|Game after 1 q(){{...on Book{maker{name}} ...on Game{maker{name}}}}',
      'c shelf.items.@.|Book|Game after 1 q(){{...on Book{maker{city}} ...on Game{maker{city}}}}',
    ])
  })

  test('is asked by types, where the interface lacks the field', () => {
    const b = graph.b.replace('Item { id: ID! maker: Maker }', 'Item { id: ID! }')
    expect(requestsOf({ a: graph.a, b }, '{ shelf { items { tag maker { name } } } }').slice(1)).toEqual([
      'b shelf.items.@.|Book|Game after 1 q(){{...on Book{maker{name}} ...on Game{maker{name}}}}',
    ])
  })

  test.each([
    ['@include(if: $v)', false],
    ['@skip(if: $v)', true],
  ])('is planned for whatever condition: %s, and is not asked for where that is %s', (condition, value) => {
    const operation = `query ($v: Boolean!) { shelf { items { tag maker { id name ${condition} } } } }`
    expect(requestsOf(graph, operation).slice(1)).toEqual([
      'b shelf after 1 q(){{...on Shelf{items{maker{name}}}}}',
    ])
    expect(requestsOf(graph, operation, new Map([['v', value]]))).toEqual([
      'a after none {shelf{items{tag maker{id}}}}',
    ])
  })

  test('is asked by types, for a member of a union too', () => {
    const units = (inch: string) => `union Unit = Inch | Cm type Inch @shareable { i: Int ${inch} }
      type Cm @shareable { c: Int }`
    const types = (more: string) => `type Crate ${more} @key(fields: "id") { id: ID! unit: Unit @shareable }
      type Tray ${more} @key(fields: "id") { id: ID! unit: Unit @shareable }`
    const graph = {
      a: `type Query { boxes: [Boxed] } interface Boxed { unit: Unit } ${types('implements Boxed')} ${units('')}`,
      b: `${types('')} ${units('j: Int')}`,
    }
    expect(requestsOf(graph, '{ boxes { unit { ... on Inch { i j } } } }').slice(1)).toEqual([
      'b boxes.@.|Crate|Tray after 1 q(){{...on Crate{unit{__typename ...on Inch{j}}} ...on Tray{unit{__typename ...on Inch{j}}}}}',
    ])
    const operation = 'query ($v: Boolean!) { boxes { unit { ... on Inch { i j @include(if: $v) } } } }'
    expect(requestsOf(graph, operation, new Map([['v', false]]))).toEqual([
      'a after none {boxes{unit{__typename ...on Inch{i}}}}',
    ])
  })

  test('is asked by a key of what is between', () => {
    const studio = (fields: string) => `type Maker @key(fields: "id") { id: ID! studio: Studio @shareable }
      type Studio { id: ID! @shareable ${fields} }`
    const graph = { a: `${FIRST} ${studio('')}`, b: studio('name: String') }
    expect(requestsOf(graph, '{ shelf { items { maker { studio { id name } } } } }')).toEqual([
      'a after none {shelf{items{maker{__typename studio{id} id}}}}',
      'b shelf.items.@.maker after 1 q(){{...on Maker{studio{name}}}}',
    ])
  })

  test('is not asked by types for a field of other types that is not selected', () => {
    const makers = (person: string, firm: string) => `union Maker = Person | Firm
      type Person { id: ID! @shareable ${person} } type Firm { id: ID! @shareable ${firm} }`
    const graph = {
      a: `${FIRST} ${makers('', 'name: String')}`,
      b: `${ITEM} ${makers('name: String', '')}`,
    }
    expect(requestsOf(graph, '{ shelf { items { maker { ... on Firm { name } } } } }')).toEqual([
      'a after none {shelf{items{maker{__typename ...on Firm{name}}}}}',
    ])
  })

  test('is not asked elsewhere where it is provided', () => {
    const below = (name: string) =>
      `type Maker { studio: Studio @shareable } type Studio { id: ID! @shareable name: String ${name} }`
    const graph = {
      a: `type Query { best: Item @provides(fields: "maker { studio { name } }") } ${ITEM} ${below('@external')}`,
      b: `${ITEM} ${below('@shareable')}`,
    }
    expect(requestsOf(graph, '{ best { maker { studio { name } } } }')).toEqual([
      'a after none {best{maker{studio{name}}}}',
    ])
  })
})

test('a field of an interface may be provided for each of its types', () => {
  const types = (directive: string) =>
    `type Book implements Item { title: String ${directive} } type Game implements Item { title: String ${directive} }`
  const provided = '... on Book { title } ... on Game { title }'
  const graph = {
    a: `type Query { best: Item @provides(fields: "${provided}") } interface Item { title: String } ${types('@external')}`,
    b: `interface Item { title: String } ${types('@shareable')}`,
  }
  expect(requestsOf(graph, '{ best { title } }')).toEqual([
    'a after none {best{__typename ...on Book{title} ...on Game{title}}}',
  ])
})

test('a field of an interface is asked by a key that is provided', () => {
  const provided = '... on Book { code } ... on Game { code }'
  const item = 'implements Item'
  const graph = {
    a: `type Query { best: Item @provides(fields: "${provided}") } interface Item { code: ID! }
      type Book ${item} { code: ID! @external } type Game ${item} { code: ID! @external }`,
    b: `interface Item { code: ID! name: String }
      type Book ${item} @key(fields: "code") { code: ID! name: String }
      type Game ${item} @key(fields: "code") { code: ID! name: String }`,
  }
  expect(requestsOf(graph, '{ best { name } }')).toEqual([
    'a after none {best{__typename ...on Book{__typename code} ...on Game{__typename code}}}',
    'b best.|Book|Game after 1 q(){{...on Book{name} ...on Game{name}}}',
  ])
})

test('types are asked apart where their keys come from different subgraphs', () => {
  const types = (
    book: string,
    game: string,
  ) => `type Book implements Item @key(fields: "id") { id: ID! ${book} }
    type Game implements Item @key(fields: "id") { id: ID! ${game} }`
  const code = 'code: ID! @shareable'
  const byCode = (type: string) =>
    `type ${type} implements Item @key(fields: "code") { code: ID! name: String }`
  const graph = {
    a: `type Query { items: [Item] } interface Item { id: ID! } ${types(code, '')}`,
    b: `interface Item { name: String } ${byCode('Book')} ${byCode('Game')}`,
    c: types('', code).replaceAll('implements Item', ''),
  }
  expect(requestsOf(graph, '{ items { name } }')).toEqual([
    'a after none {items{__typename ...on Book{__typename code} ...on Game{__typename id}}}',
    'b items.@.|Book after 1 q(){{...on Book{name}}}',
    'c items.@.|Game after 1 q(){{...on Game{__typename code}}}',
    'b items.@.|Game after 3 q(){{...on Game{name}}}',
  ])
})

test('a field of an interface is refused where no subgraph that is reached resolves it for all types', () => {
  const items = (book: string, game: string) => `type Book implements Item { id: ID! @shareable ${book} }
    type Game implements Item { id: ID! @shareable ${game} }`
  const name = 'name: String @shareable'
  const graph = {
    a: `type Query { shelf: Shelf } ${SHELF} interface Item { id: ID! } ${items('', '')}`,
    b: `${SHELF} interface Item { id: ID! } ${items('', name)}`,
    c: `${SHELF} interface Item { id: ID! } ${items(name, '')}`,
    d: `type Query { other: Shelf } type Shelf { id: ID! @shareable items: [Item] @shareable }
      interface Item { id: ID! name: String } ${items(name, name)}`,
  }
  expect(() => requestsOf(graph, '{ shelf { items { name } } }')).toThrow(
    'no subgraph that returns Item leads to Item.name of all its types',
  )
})

test('a fragment on an interface of some of the types is asked of these types alone', () => {
  const graph = {
    a: `type Query { best: Item } interface Item { id: ID! name: String } interface Named { name: String }
      type Book implements Item & Named { id: ID! name: String } type Game implements Item { id: ID! name: String }`,
  }
  expect(requestsOf(graph, '{ best { id ... on Named { name } } }')).toEqual([
    'a after none {best{__typename id ...on Book{name}}}',
  ])
})

test('a request that repeats a long selection for each of many types has a maximum length', () => {
  const names = Array.from({ length: 30 }, (_, index) => `T${index}`)
  const types = (part: string) => names.map((name) => `type ${name} ${part}`).join(' ')
  const graph = {
    a: `type Query { items: [Item] } union Item = ${names.join(' | ')} ${types('@key(fields: "id") { id: ID! }')}`,
    b: `interface Rated { score(of: String): Int }
      ${types('implements Rated @key(fields: "id") { id: ID! score(of: String): Int }')}`,
  }
  const requests = (length: number) =>
    requestsOf(graph, `{ items { ... on Rated { score(of: "${'x'.repeat(length)}") } } }`)
  expect(requests(100_000)[1]?.length).toBeGreaterThan(3_000_000)
  expect(() => requests(134_000)).toThrow(TooLarge)
})

test('a field of an interface that a type resolves with what it requires is asked of that type after this', () => {
  const graph = {
    a: `type Query { items: [Item] } interface Item { id: ID! fee: Int }
      type Book implements Item @key(fields: "id") { id: ID! weight: Int @external fee: Int @requires(fields: "weight") }`,
    b: 'type Book @key(fields: "id") { id: ID! weight: Int }',
  }
  expect(requestsOf(graph, '{ items { fee } }')).toEqual([
    'a after none {items{__typename ...on Book{__typename id}}}',
    'b items.@.|Book after 1 q(){{...on Book{weight}}}',
    'a items.@.|Book after 1 2 q(){{...on Book{fee}}}',
  ])
})
