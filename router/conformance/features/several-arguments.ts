import type { Feature } from '../feature.ts'

/** Difference of the reference. */
const ONE_VALUE = 'one fetch serves both, and its representations have room for one value of the field'

type Sized = { readonly kg?: unknown } | null | undefined

/** Fields that require one field with different arguments: of members of a union, and nested. */
export const severalArguments: Feature = {
  name: '@requires with several arguments of one field',
  subgraphs: {
    shop: {
      sdl: `
        type Query { things: [Thing] cat: Cat parcel: Parcel any: Any }
        union Thing = Cat | Dog
        type Cat @key(fields: "id") { id: ID! price(currency: String!): String }
        type Dog { id: ID! }
        union Any = Parcel | Dog
        type Parcel @key(fields: "id") { id: ID! weight: Weight code(kind: String): String }
        type Weight { kg(unit: String): Int }`,
      query: {
        cat: { id: 'c' },
        things: [
          { __typename: 'Cat', id: 'c' },
          { __typename: 'Dog', id: 'd' },
        ],
        parcel: { id: '1', weight: {} },
        any: { __typename: 'Parcel', id: '1', weight: {} },
      },
      entities: { Cat: [{ id: 'c' }], Parcel: [{ id: '1', weight: {} }] },
      resolvers: {
        Cat: { price: ({ id }, { currency }) => `${id} in ${currency}` },
        Weight: { kg: (_, { unit }) => ({ A: 1, B: 2 })[unit as string] ?? 3 },
        Parcel: { code: (_, { kind }) => kind },
      },
    },
    prices: {
      sdl: `
        type Cat @key(fields: "id") {
          id: ID!
          price(currency: String!): String @external
          pounds: String @requires(fields: "price(currency: \\"GBP\\")")
          euros: String @requires(fields: "price(currency: \\"EUR\\")")
        }
        type Parcel @key(fields: "id") {
          id: ID!
          weight: Weight @external
          code(kind: String): String @external
          light: String @requires(fields: "weight { kg(unit: \\"A\\") }")
          heavy: String @requires(fields: "weight { kg(unit: \\"B\\") }")
          coded: String @requires(fields: "code(kind: \\"T\\")")
        }
        type Weight { kg(unit: String): Int @external }`,
      resolvers: {
        Cat: { pounds: ({ price }) => `pounds: ${price}`, euros: ({ price }) => `euros: ${price}` },
        Parcel: {
          // The representation carries what was required.
          light: ({ weight }) => `light ${(weight as Sized)?.kg}`,
          heavy: ({ weight }) => `heavy ${(weight as Sized)?.kg}`,
          coded: ({ code }) => `coded ${code}`,
        },
      },
    },
  },
  cases: [
    {
      name: 'of an object',
      operation: '{ cat { pounds euros } }',
      data: { cat: { pounds: 'pounds: c in GBP', euros: 'euros: c in EUR' } },
      reference: { why: ONE_VALUE, data: { cat: { pounds: 'pounds: c in EUR', euros: 'euros: c in EUR' } } },
      calls: { shop: 1, prices: 1 },
    },
    {
      name: 'of a member of a union',
      operation: '{ things { ... on Cat { pounds euros } } }',
      data: { things: [{ pounds: 'pounds: c in GBP', euros: 'euros: c in EUR' }, {}] },
      reference: {
        why: ONE_VALUE,
        data: { things: [{ pounds: 'pounds: c in EUR', euros: 'euros: c in EUR' }, {}] },
      },
    },
    {
      name: 'of a member of a union, beside the client’s own',
      operation: '{ things { ... on Cat { price(currency: "YEN") pounds } } }',
      data: { things: [{ price: 'c in YEN', pounds: 'pounds: c in GBP' }, {}] },
      reference: {
        why: ONE_VALUE,
        data: { things: [{ price: 'c in YEN', pounds: 'pounds: c in YEN' }, {}] },
      },
    },
    {
      name: 'nested',
      operation: '{ parcel { light heavy } }',
      data: { parcel: { light: 'light 1', heavy: 'heavy 2' } },
      reference: { why: ONE_VALUE, data: { parcel: { light: 'light 2', heavy: 'heavy 2' } } },
      calls: { shop: 1, prices: 1 },
    },
    {
      name: 'nested, beside the client’s own',
      operation: '{ parcel { weight { kg(unit: "C") } heavy light } }',
      data: { parcel: { weight: { kg: 3 }, heavy: 'heavy 2', light: 'light 1' } },
      reference: {
        why: ONE_VALUE,
        data: { parcel: { weight: { kg: 3 }, heavy: 'heavy 3', light: 'light 3' } },
      },
    },
    {
      name: 'nested, of a member of a union',
      operation: '{ any { ... on Parcel { light } } }',
      data: { any: { light: 'light 1' } },
    },
    {
      name: 'the client gives the names of what is required to other fields',
      operation: '{ any { ... on Parcel { _code_0: id id: code(kind: "Y") code(kind: "X") coded } } }',
      data: { any: { _code_0: '1', id: 'Y', code: 'X', coded: 'coded T' } },
      reference: {
        why: `${ONE_VALUE}; and the key takes the place of what the client calls id`,
        data: { any: { _code_0: '1', id: '1', code: 'X', coded: 'coded X' } },
      },
    },
  ],
}
