import { describe, expect, test } from 'vitest'
import { requestsOf } from '../../testing/plan-of.ts'

const ITEMS = ['Book', 'Game'].map(
  (name) => `type ${name} implements Item @key(fields: "id") { id: ID! maker: Maker @shareable }`,
)
const ITEM = `interface Item { id: ID! maker: Maker } ${ITEMS.join(' ')}`
/** Asks `a` for the items. */
const FIRST = `type Query { items: [Item] } ${ITEM}`

/** The requests after the first. */
function furtherRequests(subgraphs: Readonly<Record<string, string>>, selection: string): readonly string[] {
  return requestsOf(subgraphs, `{ items { maker { ${selection} } } }`).slice(1)
}

/** The request to a subgraph for a part of the makers, by the types of the items. */
const byTypes = (subgraph: string, selection: string) =>
  `${subgraph} items.@.|Book|Game after 1 q(){{...on Book{maker${selection}} ...on Game{maker${selection}}}}`

describe('what a subgraph lacks below a field of an interface is asked by types', () => {
  test('where that is a field of an interface', () => {
    const makers = (field: string) => `interface Maker { id: ID! ${field} }
      type Person implements Maker { id: ID! @shareable ${field} }`
    const graph = { a: `${FIRST} ${makers('')}`, b: `${ITEM} ${makers('name: String')}` }
    expect(furtherRequests(graph, 'name')).toEqual([byTypes('b', '{__typename ...on Person{name}}')])
  })

  test('where a fragment on an interface selects it of a member of a union', () => {
    const makers = (named: string, name: string) => `union Maker = Person | Firm ${named}
      type Person ${named && 'implements Named'} { id: ID! @shareable ${name} } type Firm { id: ID! @shareable }`
    const graph = {
      a: `${FIRST} ${makers('', '')}`,
      b: `${ITEM} ${makers('interface Named { name: String }', 'name: String')}`,
    }
    expect(furtherRequests(graph, '... on Named { name }')).toEqual([
      byTypes('b', '{__typename ...on Person{name}}'),
    ])
  })

  test('where a key of what is between leads to it for some types only', () => {
    const makers = (name: string) => `interface Maker { studio: Studio }
      type Person implements Maker @key(fields: "id") { id: ID! studio: Studio @shareable }
      type Firm implements Maker { studio: Studio @shareable } type Studio { id: ID! @shareable ${name} }`
    const graph = { a: `${FIRST} ${makers('')}`, b: `${ITEM} ${makers('name: String')}` }
    expect(furtherRequests(graph, 'studio { name }')).toEqual([byTypes('b', '{studio{name}}')])
  })

  test('where a key of what is between leads to a subgraph without the field that leads to it', () => {
    const name = 'name: String @shareable'
    const graph = {
      a: `${FIRST} type Maker @key(fields: "id") { id: ID! studio: Studio @shareable } type Studio { id: ID! @shareable }`,
      b: `type Query { studio: Studio } type Maker @key(fields: "id") { id: ID! } type Studio { id: ID! @shareable ${name} }`,
      c: `${ITEM} type Maker { id: ID! @shareable studio: Studio @shareable } type Studio { ${name} }`,
    }
    expect(furtherRequests(graph, 'studio { name }')).toEqual([byTypes('c', '{studio{name}}')])
  })

  test('where one of two types of objects has it and the other lacks it', () => {
    const makers = (part: string, nut: string) => `union Maker = Person | Firm
      interface Parted { part: Part } interface Part { id: ID! ${part} }
      type Person implements Parted { part: Pin @shareable } type Firm implements Parted { part: Nut @shareable }
      type Pin implements Part { id: ID! @shareable size: Int @shareable }
      type Nut implements Part { id: ID! @shareable ${nut} }`
    const graph = {
      a: `${FIRST} ${makers('', '')}`,
      b: `${ITEM} ${makers('size: Int', 'size: Int')}`,
    }
    const requests = furtherRequests(graph, '... on Parted { part { size } }')
    expect(requests).toEqual([byTypes('b', '{__typename ...on Firm{part{size}}}')])
  })
})

describe('what a subgraph lacks below a field of an interface is asked by a key that it provides', () => {
  const PROVIDING = `type Query { best: Item @provides(fields: "maker { code }") } ${ITEM}`

  test('of the objects that lack it', () => {
    const graph = {
      a: `${PROVIDING.replaceAll('maker: Maker @shareable', 'maker: Maker @external')} type Maker { code: ID! @external }`,
      b: `${ITEM} type Maker @key(fields: "code") { code: ID! @shareable name: String }`,
    }
    expect(requestsOf(graph, '{ best { maker { name } } }').slice(1)).toEqual([
      'b best.maker after 1 q(){{...on Maker{name}}}',
    ])
  })

  test('of objects between', () => {
    const graph = {
      a: `${PROVIDING} type Maker { code: ID! @external studio: Studio @shareable } type Studio { id: ID! @shareable }`,
      b: `${ITEM} type Maker @key(fields: "code") { code: ID! @shareable studio: Studio @shareable }
        type Studio { id: ID! @shareable name: String }`,
    }
    expect(requestsOf(graph, '{ best { maker { studio { id name } } } }').slice(1)).toEqual([
      'b best.maker after 1 q(){{...on Maker{studio{name}}}}',
    ])
  })
})
