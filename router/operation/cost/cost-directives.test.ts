import { buildSchema, parse, parseConstValue } from 'graphql'
import { describe, expect, test } from 'vitest'
import { buildSupergraph, dataOf, supergraphOf } from '../../supergraph/supergraph.ts'
import { composed } from '../../testing/router.ts'
import { selectOperation } from '../operation.ts'
import { costDirectiveNames, numberOf } from './cost-directives.ts'
import { operationCost } from './operation-cost.ts'
import { schemaCosts } from './schema-costs.ts'

const schemaWith = (link: string) =>
  buildSchema(
    `schema ${link} { query: Query } type Query { a: Int }
     directive @link(url: String, as: String, import: [String]) repeatable on SCHEMA`,
    { assumeValidSDL: true },
  )

describe('the directives are found by the link of their specification', () => {
  const url = '@link(url: "https://specs.apollo.dev/cost/v0.1"'
  test.each([
    ['', 'cost', 'listSize'],
    [`${url}, import: ["@cost", "@listSize"])`, 'cost', 'listSize'],
    [`${url}, import: ["@listSize"])`, 'cost', 'listSize'],
    [`${url})`, 'cost', 'cost__listSize'],
    [`${url}, as: "price")`, 'price', 'price__listSize'],
    [`${url}, as: "price", import: ["@cost"])`, 'cost', 'price__listSize'],
    [
      `${url}, import: [{ name: "@cost", as: "@weight" }, { name: "@listSize", as: "@size" }])`,
      'weight',
      'size',
    ],
    [`${url}, import: [{ name: "@listSize" }])`, 'cost', 'listSize'],
    [`@link(url: "https://example.com/cost/v0.1", as: "price")`, 'cost', 'listSize'],
  ])('%s', (link, cost, listSize) => {
    expect(costDirectiveNames(schemaWith(link))).toEqual({ cost, listSize })
  })
})

test('the link may stand at an extension of the schema', () => {
  const names = costDirectiveNames(
    buildSchema(
      `schema { query: Query } extend schema @link(url: "https://specs.apollo.dev/cost/v0.1", as: "price") type Query { a: Int }
       directive @link(url: String, as: String, import: [String]) repeatable on SCHEMA`,
    ),
  )
  expect(names).toEqual({ cost: 'price', listSize: 'price__listSize' })
})

const SDL = `
  type Query { shelf(first: Int = 5): Shelf @listSize(slicingArguments: ["first"], sizedFields: ["socks"]) pay(by: Card): Int }
  type Shelf { socks: [Sock!] }
  type Sock @cost(weight: 3) { id: ID colour: Colour dye: Dye @cost(weight: 4) }
  enum Colour @cost(weight: 2) { RED }
  scalar Dye @cost(weight: 6)
  input Card { number: String @cost(weight: 9) }
`
const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`
const renamed = SDL.replaceAll('@cost', '@weight').replaceAll('@listSize', '@size')
const prefixed = SDL.replaceAll('@cost', '@federation__cost').replaceAll('@listSize', '@federation__listSize')

describe('a composed supergraph costs what its subgraphs say', () => {
  test.each([
    ['by the names of the specification', `${link('"@cost", "@listSize"')} ${SDL}`],
    [
      'by other names',
      `${link('{ name: "@cost", as: "@weight" }, { name: "@listSize", as: "@size" }')} ${renamed}`,
    ],
    ['by the names of federation', `${link('')} ${prefixed}`],
  ])('%s', (_, sdl) => {
    const built = buildSupergraph(composed([{ name: 'a', url: 'http://a.test', file: 'a', sdl }]))
    // The second one was read from another thread.
    for (const supergraph of [built, supergraphOf(dataOf(built))]) {
      const costs = schemaCosts(supergraph.supergraphSchema, supergraph.clientSchema, 10)
      const costOf = (text: string) => {
        const operation = selectOperation(parse(text), undefined, supergraph)
        return operationCost(operation, () => operation, costs).estimate({})
      }
      expect(costOf('{ shelf(first: 4) { socks { id colour dye } } }')).toBe(1 + 4 * (3 + 2 + 4))
      expect(costOf('{ pay(by: { number: "1" }) }')).toBe(10)
    }
  })

  test('an interface object’s fields cost the same for each of its members', () => {
    const imports = '"@key", "@cost", "@listSize", "@interfaceObject"'
    const library = `${link(imports)}
      type Query { media: Media book: Book }
      interface Media @key(fields: "id") { id: ID! }
      type Book implements Media @key(fields: "id") { id: ID! }
      type Film implements Media @key(fields: "id") { id: ID! }`
    const reviews = `${link(imports)}
      type Media @key(fields: "id") @interfaceObject { id: ID! reviews: [Review] @listSize(assumedSize: 7) @cost(weight: 2) }
      type Review { text: String }`
    const supergraph = buildSupergraph(
      composed([
        { name: 'a', url: 'http://a.test', file: 'a', sdl: library },
        { name: 'b', url: 'http://b.test', file: 'b', sdl: reviews },
      ]),
    )
    const costs = schemaCosts(supergraph.supergraphSchema, supergraph.clientSchema, 10)
    for (const text of ['{ media { reviews { text } } }', '{ book { reviews { text } } }']) {
      const operation = selectOperation(parse(text), undefined, supergraph)
      expect(operationCost(operation, () => operation, costs).estimate({})).toBe(15)
    }
  })
})

test.each<[literal: string, number: number | undefined]>([
  ['3', 3],
  ['2.5', 2.5],
  ['-1', -1],
  ['"2.5"', 2.5],
  ['""', undefined],
  ['" "', undefined],
  ['"many"', undefined],
  ['1e400', undefined],
  ['true', undefined],
  ['[3]', undefined],
  ['null', undefined],
])('a weight written as %s is %s', (literal, number) => {
  expect(numberOf(parseConstValue(literal))).toBe(number)
})
