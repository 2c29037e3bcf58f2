import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { buildSupergraph } from '../../supergraph/supergraph.ts'
import { composed } from '../../testing/router.ts'
import { ownershipOf } from './ownership.ts'
import { reachabilityOf } from './reachability.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@shareable"])`

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
    type Product @key(fields: "box { number }") { box: Box @shareable fee: Int }
    type Box { number: Int! @shareable }`,
  cinema: 'type Film @key(fields: "id") { id: ID! title: String }',
  archive: 'type Query { old: Antique } type Antique { age: Int }',
}

const sources = Object.entries(SUBGRAPHS).map(([name, sdl]) => ({
  ...{ name, url: `http://${name}.test`, file: name },
  sdl: `${LINK} ${sdl}`,
}))
const ownership = ownershipOf(buildSupergraph(composed(sources)).supergraphSchema, new Set())
const reachability = reachabilityOf(ownership)

/** The number of requests before each subgraph that can resolve fields of a type's objects. */
function reached(type: string, from: string) {
  const found = reachability.from(ownership.type(type), from, [])
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

  test('is found by way of what the path provides', () => {
    const type = ownership.type('Product')
    const { definitions } = parse('{ sku }', { noLocation: true })
    const [operation] = definitions
    const provided = operation?.kind === 'OperationDefinition' ? operation.selectionSet.selections : []
    expect([...reachability.from(type, 'carrier', provided).keys()]).toEqual([
      'carrier',
      'catalogue',
      'stock',
      'warehouse',
    ])
  })
})

test('a field of an interface is complete where each type has it in the subgraph, or elsewhere by a key', () => {
  const medium = ownership.type('Medium')
  expect(reachability.completes(medium, 'id', 'catalogue', [])).toBe(true)
  expect(reachability.completes(medium, 'title', 'catalogue', [])).toBe(true)
  expect(reached('Film', 'catalogue')).toEqual({ catalogue: 0, cinema: 1 })
})
