import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { normalForm } from '../../operation/normalize/normalize.ts'
import { selectOperation } from '../../operation/operation.ts'
import { dataKeys } from '../../operation/response-keys.ts'
import { buildSupergraph } from '../../supergraph/supergraph.ts'
import { composed } from '../../testing/router.ts'
import { levelsOf, readsAround } from '../passes/steps.ts'
import type { Step } from '../plan.ts'
import { newPlanner } from '../planner.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@external", "@requires", "@interfaceObject", "@context", "@fromContext"])`

const START = 'type Query { best: P } type P @key(fields: "id") { id: ID! }'

/** A subgraph that resolves these integer fields of `P`, which others may resolve too. */
function subgraphWith(fields: string, keys: readonly string[] = ['id']): string {
  const keyed = keys.map((key) => `@key(fields: "${key}")`).join(' ')
  const own = fields.replaceAll(/(\w+)/g, '$1: Int @shareable')
  return `type P ${keyed} { ${keys.map((key) => `${key}: ID!`).join(' ')} ${own} }`
}

/** The plan of an operation with as many root fields, each with this selection, where the variable `v` is false. */
function planOf(schemas: Readonly<Record<string, string>>, selection: string, count: number) {
  const sources = Object.entries({ start: START, ...schemas }).map(([name, sdl]) => ({
    ...{ name, url: `http://${name}.test`, file: name, sdl: `${LINK} ${sdl}` },
  }))
  const supergraph = buildSupergraph(composed(sources))
  const { supergraphSchema, clientSchema } = supergraph
  const fields = Array.from({ length: count }, (_, index) => `p${index}: best { ${selection} }`)
  const operation = selectOperation(
    parse(`query ($v: Boolean!) { ${fields.join(' ')} }`),
    undefined,
    supergraph,
  )
  const normal = normalForm(operation, clientSchema, dataKeys(clientSchema))
  if (!normal) throw new Error('there is something to fetch')
  return newPlanner(supergraphSchema).plan(normal, { labels: [] })(new Map([['v', false]]))
}

/** The subgraphs that a plan asks for more of the objects. */
function askedBy(steps: readonly Step[]): readonly string[] {
  const names = new Set(steps.map(({ fetch }) => fetch.subgraph))
  names.delete('start')
  return [...names].sort()
}

const CODES = 'type P @key(fields: "id") { id: ID! code: ID! @shareable }'

/** Enough fields that the planner cannot compare all plans: it then takes the most promising owner for each of most fields. */
const MANY = 60

test.each<[what: string, schemas: Record<string, string>, selection: string]>([
  [
    'resolves most of the other fields',
    { a: subgraphWith('x y'), c: subgraphWith('w z'), b: subgraphWith('x y w z') },
    'x y w z',
  ],
  [
    'is reached by fewer requests',
    { a: subgraphWith('n', ['isbn']), b: subgraphWith('n', ['id', 'isbn']) },
    'n',
  ],
  [
    'is asked for the same objects anyway',
    { a: subgraphWith('n'), b: `${subgraphWith('n').slice(0, -1)} m: Int }` },
    'm n',
  ],
  [
    'needs no other field of the objects',
    {
      a: 'type P @key(fields: "id") { id: ID! w: Int @external n: Int @shareable @requires(fields: "w") }',
      b: `${subgraphWith('n').slice(0, -1)} w: Int }`,
    },
    'n',
  ],
  [
    'resolves all of the selection',
    {
      a: 'type P @key(fields: "id") { id: ID! box: Box @shareable } type Box @shareable { w: Int }',
      b: 'type P @key(fields: "id") { id: ID! box: Box @shareable } type Box @shareable { w: Int h: Int }',
    },
    'box { w h }',
  ],
  [
    'resolves all of the selection that is included, by fewer requests',
    {
      a: 'type P @key(fields: "isbn") { isbn: ID! box: Box @shareable } type Box @shareable { w: Int h: Int }',
      b: 'type P @key(fields: "id") @key(fields: "isbn") { id: ID! isbn: ID! box: Box @shareable } type Box @shareable { w: Int }',
    },
    'box { w h @include(if: $v) }',
  ],
  [
    'resolves all of a fragment for the types that it is on, by fewer requests',
    {
      a: `type P @key(fields: "isbn") { isbn: ID! box: Box @shareable }
        union Box = Crate | Tray type Crate @shareable { w: Int } type Tray @shareable { w: Int }`,
      b: `type P @key(fields: "id") @key(fields: "isbn") { id: ID! isbn: ID! box: Box @shareable }
        union Box = Crate | Tray type Crate @shareable { w: Int } type Tray @shareable { h: Int }`,
    },
    'box { ... on Crate { w } }',
  ],
  ...['__typename', '... on Book { __typename }'].map(
    (selection): [string, Record<string, string>, string] => [
      `knows the types of the objects, for ${selection}`,
      {
        a: `type P @key(fields: "id") { id: ID! medium: Medium @shareable }
        type Medium @key(fields: "id") @interfaceObject { id: ID! }`,
        b: `type P @key(fields: "id") { id: ID! medium: Medium @shareable }
        interface Medium @key(fields: "id") { id: ID! }
        type Book implements Medium @key(fields: "id") { id: ID! }`,
      },
      `medium { ${selection} }`,
    ],
  ),
])('of the owners of a field, the one is asked that %s', (_, schemas, selection) => {
  expect(askedBy(planOf(schemas, selection, MANY))).toEqual(['b'])
})

test('the owner is asked that is asked for the same objects anyway, though another is reached earlier and named first', () => {
  const schemas = {
    codes: CODES,
    early: subgraphWith('n'),
    late: 'type P @key(fields: "code") { code: ID! n: Int @shareable m: Int }',
  }
  expect(askedBy(planOf(schemas, 'n m', MANY))).toEqual(['codes', 'late'])
})

test('the owner is asked that needs no value from around the objects', () => {
  const schemas = {
    a: `type P @key(fields: "id") @context(name: "p") { id: ID! code: String line: Line }
      type Line @key(fields: "id") { id: ID! price(of: String @fromContext(field: "$p { code }")): Int @shareable }`,
    b: 'type Line @key(fields: "id") { id: ID! price: Int @shareable }',
  }
  const steps = planOf(schemas, 'line { price }', MANY)
  expect(askedBy(steps)).toEqual(['a', 'b'])
  expect(steps.filter(({ fetch }) => readsAround(fetch))).toEqual([])
})

test('a field that another owner was asked for already is no reason to ask its further owners', () => {
  const schemas = {
    ...{ a: subgraphWith('p q r u'), e: subgraphWith('r u'), c: subgraphWith('p q s') },
    ...{ b: subgraphWith('s t'), d: subgraphWith('t') },
  }
  expect(askedBy(planOf(schemas, 'p q r u s t', MANY))).toEqual(['a', 'b'])
})

// Requests for several root fields to one subgraph are sent together.
test.each([1, 2])(
  'the owners with the fewest requests for %i objects are asked, though another one resolves more fields',
  (count) => {
    const schemas = {
      ...{ a: subgraphWith('x y z'), b: subgraphWith('u v w'), c: subgraphWith('y z v w') },
      ...{ d: subgraphWith('x'), e: subgraphWith('u') },
    }
    expect(askedBy(planOf(schemas, 'y z v w x u', count))).toEqual(['a', 'b'])
  },
)

test('of as many requests those with the fewest fields are sent', () => {
  const schemas = {
    start: 'type Query { best: P } type P @key(fields: "id") { id: ID! x: ID! @shareable y: ID! @shareable }',
    a: 'type P @key(fields: "x y") { x: ID! y: ID! n: Int @shareable }',
    b: subgraphWith('n'),
  }
  expect(askedBy(planOf(schemas, 'n', 1))).toEqual(['b'])
})

/** A subgraph that is reached by a field of another one. */
const DEEP = 'type P @key(fields: "code") { code: ID! sku: ID! @shareable extra: Int }'
const FAST = 'type P @key(fields: "id") { id: ID! sku: ID! @shareable }'

test.each([
  [
    'required field',
    'type P @key(fields: "id") { id: ID! sku: ID! @external fee: Int @requires(fields: "sku") }',
  ],
  ['key', 'type P @key(fields: "sku") { sku: ID! @shareable fee: Int }'],
])('a %s comes from the owner that is reached first, though a later one is asked anyway', (_, pricing) => {
  const steps = planOf({ codes: CODES, deep: DEEP, fast: FAST, pricing }, 'extra fee', 1)
  const levels = levelsOf(steps)
  const levelOf = (name: string) => levels.get(steps.find(({ fetch }) => fetch.subgraph === name) as Step)
  expect(['start', 'codes', 'fast', 'deep', 'pricing'].map(levelOf)).toEqual([0, 1, 1, 2, 2])
})

test.each([
  ['a key', 'type P @key(fields: "sku") { sku: ID! @external fee: Int @shareable }'],
  [
    'the second field of a key',
    'type P @key(fields: "lot sku") { lot: ID! @external sku: ID! @external fee: Int @shareable }',
  ],
])(
  '%s comes from the owner that is reached first, though the client has it from a later one',
  (_, pricing) => {
    const lots = 'type P @key(fields: "id") { id: ID! lot: ID! }'
    const schemas = { codes: CODES, deep: DEEP, fast: FAST, lots, p1: pricing, p2: pricing, p3: pricing }
    const steps = planOf(schemas, 'extra sku fee', MANY)
    expect(Math.max(...levelsOf(steps).values())).toBe(2)
  },
)
