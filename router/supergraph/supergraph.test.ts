import { printSchema } from 'graphql'
import { expect, test } from 'vitest'
import { overrideLabels } from '../planning/override-labels.ts'
import { composed } from '../testing/router.ts'
import { buildSupergraph, dataOf, supergraphOf } from './supergraph.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@inaccessible", "@authenticated", "@requiresScopes", "@override", "@tag"])`
const SDL = composed([
  {
    name: 'a',
    url: 'http://a.test',
    file: 'a',
    sdl: `${LINK}
      "All there is" type Query { socks(filter: Filter = { hue: RED, sizes: [1] }): [Thing!]! @authenticated any: Any }
      interface Thing { id: ID! }
      type Sock implements Thing @key(fields: "id") { id: ID! size: Int @deprecated(reason: "\\"no\\"") secret: Int @inaccessible }
      type Hat @tag(name: "x") { id: ID! width: Int @requiresScopes(scopes: [["hats"]]) at: Instant }
      union Any = Sock | Hat
      enum Hue { RED GREEN @inaccessible }
      input Filter { hue: Hue = RED sizes: [Int!] hidden: Int @inaccessible }
      scalar Instant @specifiedBy(url: "http://a.test/instant")`,
  },
  {
    name: 'b',
    url: 'http://b.test',
    file: 'b',
    sdl: `${LINK} type Sock @key(fields: "id") { id: ID! size: Int @override(from: "a", label: "percent(5)") }`,
  },
])

test('a supergraph is the same when it was handed over as data', () => {
  const built = buildSupergraph(SDL)
  const again = supergraphOf(structuredClone(dataOf(built)))
  expect(printSchema(again.clientSchema)).toBe(printSchema(built.clientSchema))
  expect(overrideLabels(again.supergraphSchema)).toEqual(overrideLabels(built.supergraphSchema))
  expect(again.requirements).toEqual(built.requirements)
  expect([again.id, again.subgraphs]).toEqual([built.id, built.subgraphs])
  expect(built.id).toMatch(/^[\da-f]{12}$/)
  expect(again.apiSchema.toGraphQLJSSchema().getTypeMap()).toHaveProperty('Hat')
  expect(again.planner).toBe(again.planner)
})

test('subgraphs have the names and URLs that the supergraph writes', () => {
  const source = { file: 'a', sdl: `${LINK} type Query { sock: Int @shareable }` }
  const sdl = composed([
    { name: 'Shelf-2', url: 'http://shelf.test/GraphQL?v=2', ...source },
    { name: 'stock_levels', url: 'https://stock.test', ...source },
  ])
  expect(buildSupergraph(sdl).subgraphs).toEqual(
    new Map([
      ['Shelf-2', 'http://shelf.test/GraphQL?v=2'],
      ['stock_levels', 'https://stock.test'],
    ]),
  )
})

test.each([
  ['visible', ''],
  ['hidden', '@inaccessible'],
])(
  'a supergraph whose %s part is no valid schema is refused, unless composition has just validated it',
  (_, directive) => {
    const sdl = composed([
      {
        ...{ name: 'a', url: 'http://a.test', file: 'a' },
        sdl: `${LINK} type Query { sock: Sock } interface Thing ${directive} { id: ID } type Sock implements Thing { id: ID }`,
      },
    ])
    const wrong = sdl.replace(/(type Sock implements Thing[^{]*\{\s*)id/, '$1size')
    expect(() => buildSupergraph(wrong)).toThrow('Thing.id')
    expect(buildSupergraph(sdl).id).toBe(buildSupergraph(sdl, false).id)
  },
)
