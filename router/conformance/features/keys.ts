import type { Feature } from '../feature.ts'

const BASE = [
  { id: 'p1', sku: 's1', maker: { id: 'm1', land: 'NO' }, name: 'Alpine' },
  { id: 'p2', sku: 's2', maker: { id: 'm2', land: 'IS' }, name: 'Brook' },
]

/** Several keys, each known to another subgraph; composite and nested keys; a key found by way of a third subgraph. */
export const keys: Feature = {
  name: 'keys',
  subgraphs: {
    catalogue: {
      sdl: `
        type Query { products: [Product] }
        type Product @key(fields: "id") @key(fields: "sku maker { id land }") {
          id: ID! sku: String! maker: Maker! name: String
        }
        type Maker { id: ID! land: String! }`,
      query: { products: BASE },
      entities: { Product: BASE },
    },
    stock: {
      sdl: `
        type Product @key(fields: "sku maker { id land }") { sku: String! maker: Maker! stock: Int warehouse: Warehouse }
        type Maker { id: ID! @shareable land: String! @shareable }
        type Warehouse @key(fields: "code") { code: String! }`,
      entities: {
        Product: [
          { ...BASE[0], stock: 3, warehouse: { code: 'w1' } },
          { ...BASE[1], stock: 0, warehouse: null },
        ],
      },
    },
    labels: {
      sdl: `
        type Query { label: Label }
        type Label { product: Product }
        type Product @key(fields: "id", resolvable: false) { id: ID! }`,
      query: { label: { product: { id: 'p1' } } },
    },
    sites: {
      sdl: `
        type Product @key(fields: "sku maker { id land }") { sku: String! maker: Maker! shelf: String }
        type Maker { id: ID! @shareable land: String! @shareable }`,
      entities: { Product: [{ ...BASE[0], shelf: 'A4' }] },
    },
    reviews: {
      sdl: 'type Product @key(fields: "id") { id: ID! stars: Float }',
      entities: {
        Product: [
          { id: 'p1', stars: 4.5 },
          { id: 'p2', stars: null },
        ],
      },
    },
    places: {
      sdl: `
        type Query { warehouse(id: Int!): Warehouse }
        type Warehouse @key(fields: "code") @key(fields: "id") { code: String! id: Int! }`,
      entities: { Warehouse: [{ code: 'w1', id: 7 }] },
      resolvers: { Query: { warehouse: (_, { id }) => (id === 7 ? { code: 'w1', id } : null) } },
    },
    weather: {
      sdl: 'type Warehouse @key(fields: "id") { id: Int! weather: String }',
      entities: { Warehouse: [{ id: 7, weather: 'rain' }] },
    },
  },
  whole: {
    query: {
      products: [
        { ...BASE[0], stock: 3, stars: 4.5, warehouse: { code: 'w1', id: 7, weather: 'rain' } },
        { ...BASE[1], stock: 0, stars: null, warehouse: null },
      ],
      label: { product: { ...BASE[0], stock: 3, shelf: 'A4' } },
    },
    resolvers: {
      Query: { warehouse: (_, { id }) => (id === 7 ? { code: 'w1', id, weather: 'rain' } : null) },
    },
  },
  cases: [
    {
      name: 'each subgraph is asked by the key that it knows',
      operation: '{ products { name stock stars } }',
      data: {
        products: [
          { name: 'Alpine', stock: 3, stars: 4.5 },
          { name: 'Brook', stock: 0, stars: null },
        ],
      },
    },
    {
      name: 'key fields that the client did not ask for stay out of the answer',
      operation: '{ products { stock } }',
      data: { products: [{ stock: 3 }, { stock: 0 }] },
    },
    {
      name: 'key fields under other names do not disturb the fetch',
      operation: '{ products { id: name sku: stars maker { id: land } stock } }',
      data: {
        products: [
          { id: 'Alpine', sku: 4.5, maker: { id: 'NO' }, stock: 3 },
          { id: 'Brook', sku: null, maker: { id: 'IS' }, stock: 0 },
        ],
      },
      reference: {
        why: 'the plan drops a client field whose response name is that of a key field',
        data: {
          products: [
            { id: 'p1', sku: 4.5, maker: { id: 'm1' }, stock: 3 },
            { id: 'p2', sku: null, maker: { id: 'm2' }, stock: 0 },
          ],
        },
      },
    },
    {
      name: 'a third subgraph translates one key into another; null on the way stays null',
      operation: '{ products { warehouse { weather } } }',
      data: { products: [{ warehouse: { weather: 'rain' } }, { warehouse: null }] },
    },
    {
      name: 'several subgraphs wait for the key that a third translates',
      operation: '{ label { product { stock shelf } } }',
      data: { label: { product: { stock: 3, shelf: 'A4' } } },
    },
    {
      name: 'from a root field with an argument',
      operation:
        'query ($id: Int!) { here: warehouse(id: $id) { code weather } none: warehouse(id: 8) { weather } }',
      variables: { id: 7 },
      data: { here: { code: 'w1', weather: 'rain' }, none: null },
    },
  ],
}
