import { expect, test } from 'vitest'
import { requestsOf } from '../../testing/plan-of.ts'

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
