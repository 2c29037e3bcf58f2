import type { Feature, Row } from '../feature.ts'

const PRODUCTS: readonly Row[] = [
  {
    id: 'p1',
    weight: 100,
    price: 5,
    size: { width: 2, height: 3, unit: 'cm' },
    tags: [{ name: 'a' }, { name: 'b' }],
  },
  { id: 'p2', weight: null, price: 7, size: null, tags: [] },
]
const shown = (...values: readonly unknown[]) => JSON.stringify(values)
const label = ({ size }: Row) => shown(size)

/** `@requires`: of scalars, of objects, of lists, in chains and both ways. */
export const requires: Feature = {
  name: '@requires',
  subgraphs: {
    catalogue: {
      sdl: `
        type Query { products: [Product!]! product(id: ID!): Product }
        type Product @key(fields: "id") { id: ID! weight: Int price: Int size: Size tags: [Tag!]! }
        type Size { width: Int! height: Int! unit: String }
        type Tag { name: String }`,
      query: { products: PRODUCTS },
      entities: { Product: PRODUCTS },
      resolvers: { Query: { product: (_, { id }) => PRODUCTS.find((product) => product.id === id) } },
    },
    shipping: {
      sdl: `
        type Product @key(fields: "id") {
          id: ID!
          carrier: String!
          weight: Int @external
          price: Int @external
          size: Size @external
          tags: [Tag!]! @external
          fee: String @requires(fields: "weight price")
          box: String @requires(fields: "size { width height }")
          labels: String @requires(fields: "tags { ... on Tag { name } }")
          insured: String @requires(fields: "fee2")
          fee2: String @external
        }
        type Size { width: Int! @external height: Int! @external }
        type Tag { name: String @external }`,
      resolvers: {
        Product: {
          carrier: () => 'post',
          fee: ({ weight, price }) => shown(weight, price),
          box: label,
          labels: ({ tags }) => shown(tags),
          insured: ({ fee2 }) => `insured ${fee2}`,
        },
      },
    },
    fees: {
      sdl: `
        type Product @key(fields: "id") { id: ID! fee: String @external fee2: String @requires(fields: "fee") }`,
      resolvers: { Product: { fee2: ({ fee }) => `twice ${fee}` } },
    },
  },
  cases: [
    {
      name: 'scalars, null among them',
      operation: '{ products { fee } }',
      data: { products: [{ fee: '[100,5]' }, { fee: '[null,7]' }] },
    },
    {
      name: 'objects with just the fields required, null as it is',
      operation: '{ products { box size { unit } } }',
      data: {
        products: [
          { box: '[{"width":2,"height":3}]', size: { unit: 'cm' } },
          { box: '[null]', size: null },
        ],
      },
    },
    {
      name: 'lists of objects, empty ones as they are',
      operation: '{ products { labels } }',
      data: { products: [{ labels: '[[{"name":"a"},{"name":"b"}]]' }, { labels: '[[]]' }] },
    },
    {
      name: 'a chain: shipping needs fees, fees needs shipping, shipping needs the catalogue',
      operation: '{ products { insured } }',
      data: { products: [{ insured: 'insured twice [100,5]' }, { insured: 'insured twice [null,7]' }] },
      reference: {
        why: 'the plan asks for the fee at once, before what the fee requires',
        data: {
          products: [{ insured: 'insured twice [null,null]' }, { insured: 'insured twice [null,null]' }],
        },
      },
    },
    {
      name: 'names that the client gave to other fields do not disturb',
      operation:
        '{ product(id: "p1") { weight: price price: weight size: id fee box fee2: tags { name: __typename } } }',
      data: {
        product: {
          weight: 5,
          price: 100,
          size: 'p1',
          fee: '[100,5]',
          box: '[{"width":2,"height":3}]',
          fee2: [{ name: 'Tag' }, { name: 'Tag' }],
        },
      },
      reference: {
        why: 'the client gives a field the response name of a required one, and is taken to have asked for that one',
        data: {
          product: {
            weight: 5,
            price: 100,
            size: 'p1',
            fee: '[5,100]',
            box: '[null]',
            fee2: [{ name: 'Tag' }, { name: 'Tag' }],
          },
        },
      },
    },
    {
      name: 'what a field requires that is left out is not missed by its neighbour',
      operation: 'query ($no: Boolean!) { products @skip(if: $no) { fee } products { box } }',
      variables: { no: true },
      data: { products: [{ box: '[{"width":2,"height":3}]' }, { box: '[null]' }] },
    },
    {
      name: 'nor by one that requires nothing',
      operation: 'query ($with: Boolean!) { products { carrier fee @include(if: $with) } }',
      variables: { with: false },
      data: { products: [{ carrier: 'post' }, { carrier: 'post' }] },
      reference: {
        why: 'what the field requires is fetched under its condition, and without it no entity is asked for',
        data: null,
        errors: [0, 1].map((index) => ({
          path: ['products', index, 'carrier'],
          code: 'INTERNAL_SERVER_ERROR',
        })),
      },
    },
    {
      name: 'in two conditions, of which one holds, beside what would be required',
      operation:
        'query ($no: Boolean!, $too: Boolean!) { products { weight price ... @skip(if: $no) { id ... @skip(if: $too) { fee } } } }',
      variables: { no: true, too: false },
      data: {
        products: [
          { weight: 100, price: 5 },
          { weight: null, price: 7 },
        ],
      },
    },
    {
      name: 'inside a fragment that is not taken, nothing is required',
      operation: 'query ($with: Boolean!) { products { id ... @include(if: $with) { insured } } }',
      variables: { with: false },
      data: { products: [{ id: 'p1' }, { id: 'p2' }] },
    },
  ],
}
