import { expect, test } from 'vitest'
import { buildSupergraph } from '../../supergraph/supergraph.ts'
import { requestsOf } from '../../testing/plan-of.ts'
import { composed } from '../../testing/router.ts'
import { ownershipOf } from './ownership.ts'
import { isResolvedBy } from './selections.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])`
const schemas = {
  titles: `type Query { media: [Medium] } interface Medium { id: ID! title: String }
    type Book implements Medium @key(fields: "id") { id: ID! title: String }
    type Film implements Medium @key(fields: "id") { id: ID! title: String }`,
  scores: `type Query { best: [Medium] } interface Medium { id: ID! score: Int }
    type Book implements Medium @key(fields: "id") { id: ID! score: Int }
    type Film implements Medium @key(fields: "id") { id: ID! score: Int }`,
}
const sources = Object.entries(schemas).map(([name, sdl]) => ({
  ...{ name, url: `http://${name}.test`, file: name, sdl: `${LINK} ${sdl}` },
}))
const ownership = ownershipOf(buildSupergraph(composed(sources)).supergraphSchema, new Set())

test('whether a field of an interface is resolved depends on the subgraph', () => {
  const medium = ownership.type('Medium')
  const isResolved = ['title', 'score'].map((name) =>
    ['titles', 'scores'].map((subgraph) => isResolvedBy(subgraph, name, medium, ownership)),
  )
  expect(isResolved).toEqual([
    [true, false],
    [false, true],
  ])
})

test('a field that is selected several times is asked once, with all that is selected below it', () => {
  const graph = {
    a: 'type Query { product: Product } type Product @key(fields: "id") { id: ID! }',
    b: 'type Product @key(fields: "id") { id: ID! maker: Maker } type Maker { name: String city: String code: Int }',
  }
  const operation = '{ product { maker { name } ... on Product { maker { city } } maker { code } } }'
  expect(requestsOf(graph, operation)).toEqual([
    'a after none {product{__typename id}}',
    'b product after 1 q(){{...on Product{maker{name city code}}}}',
  ])
})

test.each([
  ['of one field', 'maker { name } maker { city }'],
  ['of one type', '... on Book { maker { name } } ... on Book { maker { city } }'],
])('what a subgraph provides is the sum of several selections %s', (_, provided) => {
  const subgraphs = {
    a: `type Query { best: Item @provides(fields: "${provided}") }
      interface Item { id: ID! maker: Maker }
      type Book implements Item @key(fields: "id") { id: ID! maker: Maker }
      type Maker @key(fields: "id") { id: ID! name: String @external city: String @external }`,
    b: 'type Maker @key(fields: "id") { id: ID! name: String @shareable city: String @shareable }',
  }
  expect(requestsOf(subgraphs, '{ best { ... on Book { maker { name city } } } }')).toEqual([
    'a after none {best{__typename ...on Book{maker{name city}}}}',
  ])
})

test('variables are sent that stand in lists and in objects', () => {
  const graph = {
    a: `type Query { find(by: By, ids: [ID!]): Int others: Int } input By { least: Int and: [By!] }`,
  }
  const operation = `query ($least: Int, $most: Int, $id: ID!, $unused: Int) {
    find(by: { least: $least, and: [{ least: $most }] }, ids: [1, $id])
    others @include(if: true)
  }`
  expect(requestsOf(graph, operation)).toEqual([
    'a after none query($least:Int,$most:Int,$id:ID!){_find_0:find(by:{least:$least,and:[{least:$most}]},ids:[1,$id]) others}',
  ])
})
