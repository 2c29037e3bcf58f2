import type { Feature } from '../feature.ts'

const CLIENT_WINS = 'the field that the client asks for, with its arguments, is taken for the required one'

/** Required fields that take arguments, beside the same fields with the client's own arguments. */
export const requiresWithArguments: Feature = {
  name: '@requires with arguments',
  subgraphs: {
    catalogue: {
      sdl: `
        type Query { product: Product products: [Product] }
        type Product @key(fields: "id") { id: ID! price(currency: String = "EUR"): String size(unit: String!): Size }
        type Size { unit: String }`,
      query: { product: { id: 'p1' }, products: [{ id: 'p1' }, { id: 'p2' }] },
      resolvers: {
        Product: {
          price: ({ id }, { currency }) => `${id} in ${currency}`,
          size: (_, { unit }) => ({ unit }),
        },
      },
    },
    shipping: {
      sdl: `
        type Product @key(fields: "id") {
          id: ID!
          price(currency: String = "EUR"): String @external
          size(unit: String!): Size @external
          fee: String @requires(fields: "price(currency: \\"USD\\")")
          box: String @requires(fields: "size(unit: \\"mm\\") { unit }")
          plain: String @requires(fields: "price")
        }
        type Size { unit: String @external }`,
      resolvers: {
        Product: {
          fee: ({ price }) => `fee of ${price}`,
          // The row comes with what was required: { size: { unit } }.
          box: ({ size }) => `box in ${(size as { readonly unit: string } | null)?.unit}`,
          plain: ({ price }) => `plain ${price}`,
        },
      },
    },
  },
  cases: [
    {
      name: 'the argument of the schema is sent',
      operation: '{ products { fee box } }',
      data: {
        products: [
          { fee: 'fee of p1 in USD', box: 'box in mm' },
          { fee: 'fee of p2 in USD', box: 'box in mm' },
        ],
      },
    },
    {
      name: 'the client asks for the same field with another argument',
      operation: '{ product { price(currency: "JPY") fee } }',
      data: { product: { price: 'p1 in JPY', fee: 'fee of p1 in USD' } },
      reference: { why: CLIENT_WINS, data: { product: { price: 'p1 in JPY', fee: 'fee of p1 in JPY' } } },
    },
    {
      name: 'and by a variable, under an alias that collides',
      operation:
        'query ($c: String, $u: String!) { product { price: price(currency: $c) size(unit: $u) { unit } fee box } }',
      variables: { c: 'JPY', u: 'm' },
      data: {
        product: { price: 'p1 in JPY', size: { unit: 'm' }, fee: 'fee of p1 in USD', box: 'box in mm' },
      },
      reference: {
        why: CLIENT_WINS,
        data: {
          product: { price: 'p1 in JPY', size: { unit: 'm' }, fee: 'fee of p1 in JPY', box: 'box in m' },
        },
      },
    },
    {
      name: 'two fields require the same field with different arguments',
      operation: '{ product { fee plain } }',
      data: { product: { fee: 'fee of p1 in USD', plain: 'plain p1 in EUR' } },
      reference: {
        why: 'one fetch serves both, and its representations have room for one price',
        data: { product: { fee: 'fee of p1 in EUR', plain: 'plain p1 in EUR' } },
      },
    },
  ],
}
