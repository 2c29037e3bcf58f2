import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { fixtureSdl } from '../../conformance/subgraph-schema.ts'
import { selectOperation } from '../../operation/operation.ts'
import { buildSupergraph } from '../../supergraph/supergraph.ts'
import { composed } from '../../testing/router.ts'
import { compiledExecutor } from '../compiled-executor.ts'

/** How an operation is run, as `--explain` says. */
async function programOf(schemas: Readonly<Record<string, string>>, operation: string) {
  const sources = Object.entries(schemas).map(([name, sdl]) => ({
    ...{ name, url: `http://${name}.test`, file: name, sdl: fixtureSdl({ sdl }) },
  }))
  const supergraph = buildSupergraph(composed(sources))
  const executor = compiledExecutor(supergraph, new Map(), { codes: 0, recordings: 0 })
  const program = await executor.compile(selectOperation(parse(operation), undefined, supergraph))
  return program.explain(false)
}

const PRODUCT = 'type Product @key(fields: "id") { id: ID!'
const products = (fields: string) => `type Query { best: Product } ${PRODUCT} ${fields} }`

const MEDIA = `type Query { media: [Medium] } interface Medium { title: String }
  type Book implements Medium { title: String }`

const ON_TEXT: Record<string, [schemas: Record<string, string>, operation: string]> = {
  'objects come from the request before the last': [
    {
      a: products(''),
      b: 'type Product @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }',
      c: 'type Product @key(fields: "sku") { sku: ID! fee: Int }',
    },
    '{ best { fee } }',
  ],
  'objects of an interface begin with their type': [{ a: MEDIA }, '{ media { title __typename } }'],
  'a part of an object comes from one of two that have it': [
    {
      a: `${products('size: Size @shareable')} type Size { width: Int }`,
      b: `${PRODUCT} size: Size @shareable } type Size { height: Int }`,
    },
    '{ best { size { width } } }',
  ],
  'objects of one member of a union are completed': [
    {
      a: `type Query { things: [Thing] } union Thing = Product | Crate type Crate { label: String } ${PRODUCT} }`,
      b: `${PRODUCT} fee: Int }`,
    },
    '{ things { ... on Product { fee } } }',
  ],
  'the key of an object is its type alone': [
    {
      a: 'type Query { home: Home } type Home @key(fields: "__typename") { title: String }',
      b: 'type Home @key(fields: "__typename") { hint: String }',
    },
    '{ home { title hint } }',
  ],
  'it has 400 places': [{ a: products('') }, manyPlaces(398)],
}

test.each(Object.entries(ON_TEXT))('an operation has code where %s', async (_, [schemas, operation]) => {
  expect(await programOf(schemas, operation)).toBe('program: on JSON text')
})

/** A name that makes code long. */
const LONG = 'n'.repeat(1_000)
const MEDIA_BY_KEY = `type Query { media: [Medium] } interface Medium @key(fields: "id") { id: ID! }
  type Book implements Medium @key(fields: "id") { id: ID! }`
const THINGS = 'type Query { things: [Thing] } union Thing = Crate | Tray'
const LABEL = 'label: String @shareable'

test.each<[reason: string, schemas: Record<string, string>, operation: string]>([
  ['objects of Medium do not begin with __typename', { a: MEDIA }, '{ media { title } }'],
  [
    'entities are rewritten, or depend on their parent objects',
    { a: MEDIA_BY_KEY, b: 'type Medium @key(fields: "id") @interfaceObject { id: ID! score: Int }' },
    '{ media { score } }',
  ],
  [
    'entities are rewritten, or depend on their parent objects',
    {
      a: `type Query { shop: Shop } type Shop @context(name: "shop") { currency: String best: Product }
        ${PRODUCT} price(in: String @fromContext(field: "$shop { currency }")): Int }`,
    },
    '{ shop { best { price } } }',
  ],
  [
    'Product.size comes from several requests',
    {
      a: `${products('size: Size @shareable')} type Size { width: Int }`,
      b: `${PRODUCT} size: Size @shareable } type Size { height: Int }`,
    },
    '{ best { size { width height } } }',
  ],
  [
    'Maker objects are shared by paths with different selections',
    {
      a: `type Query { best: Product worst: Product } ${PRODUCT} }`,
      b: `${PRODUCT} maker: Maker } type Maker @key(fields: "id") { id: ID! }`,
      c: 'type Maker @key(fields: "id") { id: ID! name: String }',
    },
    '{ best { maker { id name } } worst { maker { __typename id } } }',
  ],
  [
    'a subgraph response is rewritten',
    { a: `${THINGS} type Crate { label: String } type Tray { label: String! }` },
    '{ things { ... on Crate { label } ... on Tray { label } } }',
  ],
  [
    'root fields are fetched below the root',
    {
      a: 'type Query { x: Int } type Mutation { buy: Receipt } type Receipt { query: Query }',
      b: 'type Query { y: Int }',
    },
    'mutation { buy { query { y } } }',
  ],
  [
    'no request returns Tray.label',
    {
      a: `${THINGS} type Crate { ${LABEL} } type Tray { ${LABEL} }`,
      b: `type Query { other: Thing } union Thing = Crate type Crate { ${LABEL} }`,
    },
    '{ other { ... on Tray { label } } }',
  ],
  ['it asks about the schema', { a: products('') }, '{ __schema { queryType { name } } }'],
  ['it has more than 400 places', { a: products('') }, manyPlaces(399)],
  ['its code would be too long', { a: products(`${LONG}: Int`) }, manyPlaces(300, LONG)],
])('an operation is run on parsed JSON where %s', async (reason, schemas, operation) => {
  expect(await programOf(schemas, operation)).toBe(`program: on parsed JSON, since ${reason}`)
})

/** An operation with as many objects below the root. */
function manyPlaces(count: number, field = 'id'): string {
  return `{ ${Array.from({ length: count }, (_, index) => `p${index}: best { ${field} }`).join(' ')} }`
}
