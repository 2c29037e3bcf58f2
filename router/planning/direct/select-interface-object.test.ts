import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { normalForm } from '../../operation/normalize/normalize.ts'
import { selectOperation } from '../../operation/operation.ts'
import { dataKeys } from '../../operation/response-keys.ts'
import { buildSupergraph } from '../../supergraph/supergraph.ts'
import { requestsOf } from '../../testing/plan-of.ts'
import { composed } from '../../testing/router.ts'
import { newPlanner } from '../planner.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@interfaceObject"])`

/** A subgraph that has an interface as an object, without the types of its objects. */
const REVIEWS = `type Query { best: Media }
  type Media @interfaceObject @key(fields: "id") { id: ID! stars: Int }`

/** A subgraph with an interface and its types: each has these keys and fields. */
function typesBy(keys: readonly string[], fields: string): string {
  const keyed = keys.map((key) => `@key(fields: "${key}")`).join(' ')
  const own = `${keys.map((key) => `${key}: ID!`).join(' ')} ${fields}`
  const shared = own.replaceAll(/(\w+: Int)/g, '$1 @shareable')
  return `interface Media ${keyed} { ${own} }
    type Book implements Media ${keyed} { ${shared} }
    type Film implements Media ${keyed} { ${shared} }`
}

/** Enough fields that the planner cannot compare all plans: it then takes the most promising subgraph for each of most fields. */
const FIELDS = 60

/** The number of requests to each subgraph in the plan of many fields with this selection. */
function requestsFor(schemas: Readonly<Record<string, string>>, selection: string): Record<string, number> {
  const sources = Object.entries({ ...schemas, reviews: REVIEWS }).map(([name, sdl]) => ({
    ...{ name, url: `http://${name}.test`, file: name, sdl: `${LINK} ${sdl}` },
  }))
  const supergraph = buildSupergraph(composed(sources))
  const { supergraphSchema, clientSchema } = supergraph
  const fields = Array.from({ length: FIELDS }, (_, index) => `m${index}: best { ${selection} }`)
  const operation = selectOperation(parse(`{ ${fields.join(' ')} }`), undefined, supergraph)
  const normal = normalForm(operation, clientSchema, dataKeys(clientSchema))
  if (!normal) throw new Error('there is something to fetch')
  const requests: Record<string, number> = {}
  const steps = newPlanner(supergraphSchema).plan(normal, { labels: [] })(new Map())
  for (const { fetch } of steps) requests[fetch.subgraph] = (requests[fetch.subgraph] ?? 0) + 1
  return requests
}

test.each<[what: string, schemas: Record<string, string>, selection: string]>([
  [
    'is reached by fewer requests',
    { a: typesBy(['isbn'], 'pages: Int'), b: typesBy(['id', 'isbn'], 'pages: Int') },
    '... on Book { pages }',
  ],
  [
    'is asked for the same objects anyway',
    { a: typesBy(['id'], 'pages: Int'), b: typesBy(['id'], 'pages: Int title: String') },
    'title ... on Book { pages }',
  ],
])('of the subgraphs that know the types, the one is asked that %s', (_, schemas, selection) => {
  const { reviews, ...others } = requestsFor(schemas, selection)
  expect(reviews).toBe(1)
  expect(Object.keys(others)).toEqual(['b'])
})

const GRAPH = {
  media: typesBy(['id'], 'pages: Int'),
  reviews: REVIEWS,
  votes: 'type Media @interfaceObject @key(fields: "id") { id: ID! votes: Int }',
}

test('no types are asked for where two subgraphs without them have all of the fields', () => {
  expect(requestsOf(GRAPH, '{ best { stars votes } }')).toEqual([
    'reviews after none {best{__typename stars id}}',
    'votes best after 1 q(){{...on Media{votes}}}',
  ])
})

test('no types are asked for where a field requires another of an interface as an object', () => {
  const care = `type Media @interfaceObject @key(fields: "id") {
    id: ID! stars: Int @external badge: Int @requires(fields: "stars")
  }`
  expect(requestsOf({ ...GRAPH, care }, '{ best { badge } }')).toEqual([
    'reviews after none {best{__typename id stars}}',
    'care best after 1 q(){{...on Media{badge}}}',
  ])
})

test('what a field of one type requires is not asked again where it is asked for all objects', () => {
  const media = `type Query { list: [Media] } interface Media @key(fields: "id") { id: ID! }
    type Book implements Media @key(fields: "id") { id: ID! stars: Int @external deal: Int @requires(fields: "stars") }
    type Film implements Media @key(fields: "id") { id: ID! }`
  expect(requestsOf({ media, reviews: REVIEWS }, '{ list { stars ... on Book { deal } } }')).toEqual([
    'media after none {list{__typename id ...on Book{__typename id}}}',
    'reviews list.@ after 1 q(){{...on Media{stars}}}',
    'media list.@.|Book after 1 2 q(){{...on Book{deal}}}',
  ])
})

test('a field for objects of one type is asked of the interface as an object, once the types are known', () => {
  expect(requestsOf(GRAPH, '{ best { ... on Book { stars } } }')).toEqual([
    'reviews after none {best{__typename id}}',
    'media best after 1 q(){{...on Media{__typename ...on Book{__typename id}}}}',
    'reviews best.|Book after 2 q(){{...on Media{stars}}}',
  ])
})

test('a field of an interface as an object that no key leads to is refused', () => {
  const graph = {
    shop: 'type Query { ghost: Ghost } interface Ghost @key(fields: "id") { id: ID! }',
    store: 'type Ghost @key(fields: "id", resolvable: false) @interfaceObject { id: ID! sound: String }',
  }
  expect(() => requestsOf(graph, '{ ghost { sound } }')).toThrow(
    'no subgraph that returns Ghost leads to Ghost.sound of all its types',
  )
})

test('no types are asked for where a condition leaves out all that depends on them', () => {
  const operation = 'query ($more: Boolean!) { best { stars ... on Book @include(if: $more) { pages } } }'
  expect(requestsOf(GRAPH, operation, new Map([['more', false]]))).toEqual([
    'reviews after none {best{__typename stars}}',
  ])
})
