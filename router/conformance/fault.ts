import type { Expectation, SubgraphFixture } from './feature.ts'
import type { Misbehave } from './subgraph-host.ts'

/** A fault of a subgraph, and the expected answer to the client. */
export type FaultCase = {
  readonly name: string
  /** Misbehaviour of the subgraph `reviews`, or another. */
  readonly misbehave: Misbehave
  readonly subgraph?: string
  /** Whether only a time limit ends the fetch. */
  readonly hangs?: true
  /** `WHOLE_QUERY` by default. */
  readonly operation?: string
  /** `WITHOUT_REVIEWS` by default. */
  readonly expected?: Expectation
  /** The answer of the reference executor where it is wrong, with the reason. */
  readonly reference?: Expectation & { readonly why: string }
}

const PRODUCTS = ['p1', 'p2', 'p1'].map((id) => ({ id, name: `Name of ${id}` }))
const THINGS = [
  { __typename: 'Sock', id: 's1', size: 40 },
  { __typename: 'Hat', id: 'h1', width: 20 },
]

/** The graph of every fault: `reviews` fails, and the data of the other subgraphs must be complete. */
export const FAULT_GRAPH: Readonly<Record<string, SubgraphFixture>> = {
  catalogue: {
    sdl: `
      type Query { products: [Product] things: [Thing] count: Int sure: Int! certain: Int! rate: Float open: Boolean hue: Hue tags: [String!] place: Place }
      type Product @key(fields: "id") { id: ID! name: String }
      interface Thing { id: ID! }
      type Sock implements Thing { id: ID! size: Int }
      type Hat implements Thing { id: ID! width: Int! }
      type Place { town: String! }
      enum Hue { RED GREEN }`,
    query: {
      products: PRODUCTS,
      things: THINGS,
      count: 3,
      sure: 3,
      certain: 3,
      rate: 1.5,
      open: true,
      hue: 'RED',
      tags: ['a', 'b'],
      place: { town: 'Oslo' },
    },
  },
  reviews: {
    sdl: `
      type Query { latest: String }
      type Mutation { review(text: String): String }
      type Product @key(fields: "id") { id: ID! stars: Int texts: [String] strict: Int! }`,
    query: { latest: 'Soft' },
    entities: {
      Product: [
        { id: 'p1', stars: 4, texts: ['Soft', null], strict: 1 },
        { id: 'p2', stars: 5, texts: [], strict: 2 },
      ],
    },
    resolvers: { Mutation: { review: (_, { text }) => `reviewed ${text}` } },
  },
  notices: { sdl: 'type Query { motd: String }', query: { motd: 'Warm feet' } },
}

export const WHOLE_QUERY = '{ motd products { id name stars texts } }'
export const WHOLE = {
  motd: 'Warm feet',
  products: [
    { id: 'p1', name: 'Name of p1', stars: 4, texts: ['Soft', null] },
    { id: 'p2', name: 'Name of p2', stars: 5, texts: [] },
    { id: 'p1', name: 'Name of p1', stars: 4, texts: ['Soft', null] },
  ],
}

/** An error for each field that reviews should have filled (6.4.4). */
const nulledBy = (code: string) =>
  PRODUCTS.flatMap((_, index) =>
    ['stars', 'texts'].map((field) => ({ path: ['products', index, field], code })),
  )

/** Data without anything of `reviews`. */
export const WITHOUT_REVIEWS: Expectation = {
  data: {
    motd: 'Warm feet',
    products: PRODUCTS.map((product) => ({ ...product, stars: null, texts: null })),
  },
  errors: nulledBy('SUBGRAPH_UNAVAILABLE'),
}

/** The same where reviews answered an error without a path, which a client must not read. */
export const MASKED: Expectation = { ...WITHOUT_REVIEWS, errors: nulledBy('INTERNAL_SERVER_ERROR') }
