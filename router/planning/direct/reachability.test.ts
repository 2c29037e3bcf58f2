import { parse, type SelectionNode } from 'graphql'
import { describe, expect, test } from 'vitest'
import { buildSupergraph } from '../../supergraph/supergraph.ts'
import { composed } from '../../testing/router.ts'
import { ownershipOf } from './ownership.ts'
import { reachabilityOf } from './reachability.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@provides", "@shareable"])`

const SUBGRAPHS = {
  catalogue: `
    type Query { products: [Product] media: [Medium] }
    type Product @key(fields: "id") @key(fields: "sku") { id: ID! sku: String! @shareable }
    interface Medium { id: ID! title: String }
    type Book implements Medium @key(fields: "id") { id: ID! title: String }
    type Film implements Medium @key(fields: "id") { id: ID! title: String @external }`,
  stock: 'type Product @key(fields: "sku") { sku: String! @shareable shelf: ID! @shareable }',
  warehouse: `
    type Product @key(fields: "shelf sku") { shelf: ID! @shareable sku: String! @shareable box: Box @shareable }
    type Box { number: Int! @shareable }`,
  carrier: `
    type Product @key(fields: "box { __typename number }") { box: Box @shareable fee: Int }
    type Box { number: Int! @shareable }`,
  cinema: 'type Film @key(fields: "id") { id: ID! title: String @shareable }',
  lists:
    'type Sheet @key(fields: "code") @key(fields: "id", resolvable: false) { code: ID! @external id: ID! }',
  sheets: 'type Sheet @key(fields: "id") { id: ID! code: ID! }',
  desk: 'type Note @key(fields: "code") @key(fields: "id") { id: ID! code: ID! @external }',
  notes: 'type Note @key(fields: "id") { id: ID! code: ID! }',
  pots: `
    type Query { pots: [Pot] }
    type Pot @key(fields: "id") { id: ID! lid: Lid @shareable }
    type Lid { colour: String }`,
  lids: `
    type Pot @key(fields: "id") { id: ID! lid: Lid @shareable }
    type Lid { size: Int! @shareable }`,
  prices: `
    type Pot @key(fields: "lid { size }") { lid: Lid @shareable price: Int }
    type Lid { size: Int! @shareable }`,
  attic: 'type Film @key(fields: "id", resolvable: false) { id: ID! title: String @shareable }',
  shop: `
    type Query { find: Item @shareable @provides(fields: "... on Shoe { rank }") }
    interface Item { id: ID! kind: String rank: Int }
    type Hat implements Item @key(fields: "id") { id: ID! kind: String rank: Int }
    type Shoe implements Item @key(fields: "id") { id: ID! @external kind: String rank: Int @external }`,
  store: `
    type Query { find: Item @shareable }
    interface Item { id: ID! }
    type Shoe implements Item @key(fields: "id") { id: ID! rank: Int @shareable }`,
  archive: 'type Query { old: Antique } type Antique { age: Int }',
}

const sources = Object.entries(SUBGRAPHS).map(([name, sdl]) => ({
  ...{ name, url: `http://${name}.test`, file: name },
  sdl: `${LINK} ${sdl}`,
}))
const ownership = ownershipOf(buildSupergraph(composed(sources)).supergraphSchema, new Set())
const reachability = reachabilityOf(ownership)

/** The selections that a path provides. */
function provided(text: string): readonly SelectionNode[] {
  const [operation] = parse(text, { noLocation: true }).definitions
  return operation?.kind === 'OperationDefinition' ? operation.selectionSet.selections : []
}

/** The number of requests before each subgraph that can resolve fields of a type's objects. */
function reached(type: string, from: string, given: readonly SelectionNode[] = []) {
  const found = reachability.from(ownership.type(type), from, given)
  return Object.fromEntries(
    [...found].map(([subgraph, { steps, entry }]) => [subgraph, entry ? steps : null]),
  )
}

describe('an entity of one subgraph', () => {
  test('is found in another by a key that the first resolves, or that others between them do', () => {
    expect(reached('Product', 'catalogue')).toEqual({ catalogue: 0, stock: 1, warehouse: 2, carrier: 3 })
  })

  test('is found in the subgraph that brought it only if a key leads back', () => {
    expect(reached('Antique', 'archive')).toEqual({ archive: null })
    expect(reached('Product', 'carrier')).toEqual({ carrier: 0 })
  })

  test('is found by a key that leads back into the subgraph that brought it, by way of another one', () => {
    expect(reached('Sheet', 'lists')).toEqual({ lists: 0, sheets: 1 })
  })

  test('is found in the subgraph that brought it by a key of its own, rather than by one that others resolve', () => {
    const found = reachability.from(ownership.type('Note'), 'desk', [])
    expect(found.get('desk')?.entry?.key.text).toBe('id')
  })

  test('is found by a key whose objects several subgraphs return, of which a later one has the field', () => {
    expect(reached('Pot', 'pots')).toEqual({ pots: 0, lids: 1, prices: 2 })
  })

  test('is found by way of what the path provides: all of a key', () => {
    expect(reached('Product', 'carrier', provided('{ sku }'))).toEqual({
      ...{ carrier: 0, catalogue: 1, stock: 1, warehouse: 2 },
    })
    const [whole, part] = ['{ box { number } }', '{ box { __typename } }']
    expect(reached('Product', 'catalogue', provided(whole))).toMatchObject({ warehouse: 2, carrier: 1 })
    expect(reached('Product', 'catalogue', provided(part))).toMatchObject({ warehouse: 2, carrier: 3 })
    expect(reached('Product', 'catalogue')).toMatchObject({ warehouse: 2, carrier: 3 })
  })
})

test('a field of an interface is complete where each type has it in the subgraph, or elsewhere by a key', () => {
  const medium = ownership.type('Medium')
  expect(reachability.completes(medium, 'id', 'catalogue', [])).toBe(true)
  expect(reachability.completes(medium, 'title', 'catalogue', [])).toBe(true)
  expect(reached('Film', 'catalogue')).toEqual({ catalogue: 0, cinema: 1 })
  const item = ownership.type('Item')
  expect(reachability.completes(item, 'kind', 'shop', [])).toBe(true)
  expect(reachability.completes(item, 'id', 'shop', [])).toBe(false)
  // By a key that the path provides, or because it provides the field itself.
  expect(reachability.completes(item, 'id', 'shop', provided('{ id }'))).toBe(true)
  expect(reachability.completes(item, 'rank', 'shop', [])).toBe(false)
  expect(reachability.completes(item, 'rank', 'shop', provided('{ ... on Shoe { rank } }'))).toBe(true)
})
