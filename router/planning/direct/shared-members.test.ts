import { describe, expect, test } from 'vitest'
import { requestsOf } from '../../testing/plan-of.ts'

describe('where two subgraphs can be asked for a union, of which each lacks a member', () => {
  const must = 'must: Int!'
  const shelf = 'type Shelf @key(fields: "id") { id: ID! item: Item @shareable'
  const subgraphs = {
    one: `type Query { search: [Item] @shareable shelf: Shelf } union Item = A | B
      type A { a: Int @shareable } type B { b: Int ${must} } ${shelf} }`,
    two: `type Query { search: [Item] @shareable } union Item = A | C
      type A { a: Int @shareable } type C { c: Int ${must} } ${shelf} name: String }`,
  }

  test.each([
    '{ search { ... on A { a } ... on B { b } } }',
    '{ search { ... on A { a } ... on B { __typename b } } }',
    '{ search { ... on A { a } ... on C { c } ... on B { b } } }',
  ])('only members of both are asked for: %s', (operation) => {
    expect(requestsOf(subgraphs, operation)).toEqual(['one after none {search{__typename ...on A{a}}}'])
  })

  test('also where one is asked by a key of the objects around', () => {
    expect(requestsOf(subgraphs, '{ shelf { name item { ... on A { a } ... on B { b } } } }')).toEqual([
      'one after none {shelf{__typename item{__typename ...on A{a}} id}}',
      'two shelf after 1 q(){{...on Shelf{name}}}',
    ])
  })

  test('a member with a field that may not be null is asked for too', () => {
    expect(requestsOf(subgraphs, '{ shelf { name item { ... on C { must } ... on B { must } } } }')).toEqual([
      'one after none {shelf{__typename item{__typename ...on B{must}} id}}',
      'two shelf after 1 q(){{...on Shelf{name}}}',
    ])
  })
})

test('a subgraph that lacks a member does not count where it cannot be asked for the union', () => {
  const shelf = 'type Shelf { item: Item @shareable }'
  const subgraphs = {
    one: `type Query { shelf: Shelf } ${shelf} union Item = A | B type A { a: Int } type B { b: Int }`,
    two: `type Query { other: Shelf } ${shelf} union Item = C type C { c: Int }`,
  }
  expect(requestsOf(subgraphs, '{ shelf { item { ... on B { b } } } }')).toEqual([
    'one after none {shelf{item{__typename ...on B{b}}}}',
  ])
})
