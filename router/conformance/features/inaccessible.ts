import type { Feature } from '../feature.ts'

/** `@inaccessible`: elements that subgraphs use among themselves and clients never see. */
export const inaccessible: Feature = {
  name: '@inaccessible',
  subgraphs: {
    catalogue: {
      sdl: `
        type Query { products: [Product] colour: Colour colours: [Colour] strict: Colour! things: [Thing] painted: [Painted] shapes: [Shape] tiles: [Tile] find(colour: Colour): String }
        type Product @key(fields: "code") { code: ID! @inaccessible name: String weight: Int @inaccessible }
        enum Colour { RED GREEN ULTRAVIOLET @inaccessible }
        union Thing = Product | Hidden
        interface Painted { colours: [Colour] }
        type Wall implements Painted { colours: [Colour!] }
        interface Shape { area: Int }
        type Square implements Shape { area: Int }
        type Blot implements Shape @inaccessible { area: Int }
        interface Tile { id: ID! }
        type Red implements Tile @key(fields: "id") { id: ID! }
        type Grey implements Tile @key(fields: "id") @inaccessible { id: ID! }
        type Hidden @inaccessible { x: Int }`,
      query: {
        products: [{ code: 'c1', name: 'Alpine', weight: 5 }],
        colour: 'ULTRAVIOLET',
        painted: [{ __typename: 'Wall', colours: ['RED', 'ULTRAVIOLET'] }],
        colours: ['RED', 'ULTRAVIOLET', 'GREEN'],
        shapes: [
          { __typename: 'Square', area: 4 },
          { __typename: 'Blot', area: 5 },
        ],
        tiles: [
          { __typename: 'Red', id: '1' },
          { __typename: 'Red', id: '2' },
        ],
        strict: 'ULTRAVIOLET',
        things: [
          { __typename: 'Hidden', x: 1 },
          { __typename: 'Product', code: 'c1', name: 'Alpine', weight: 5 },
        ],
      },
      resolvers: { Query: { find: (_, { colour }) => `found ${colour}` } },
      entities: { Product: [{ code: 'c1', name: 'Alpine', weight: 5 }] },
    },
    shipping: {
      sdl: `
        type Product @key(fields: "code") {
          code: ID! weight: Int @external fee: String @requires(fields: "weight")
        }
        interface Tile { id: ID! depth: String }
        type Red implements Tile @key(fields: "id") { id: ID! depth: String }
        type Grey implements Tile @key(fields: "id") @inaccessible { id: ID! depth: String }`,
      resolvers: {
        Product: { fee: ({ weight }) => `fee for ${weight}` },
        Red: { depth: ({ id }) => `depth of ${id}` },
      },
    },
  },
  cases: [
    {
      name: 'keys and required fields that clients cannot select work among subgraphs',
      operation: '{ products { name fee } }',
      data: { products: [{ name: 'Alpine', fee: 'fee for 5' }] },
    },
    {
      name: 'clients cannot select them',
      operation: '{ products { weight } }',
      data: undefined,
      errors: [{ code: 'BAD_USER_INPUT' }],
    },
    {
      name: 'an enum value that clients do not know is null with an error',
      operation: '{ colour colours }',
      data: { colour: null, colours: ['RED', null, 'GREEN'] },
      errors: [
        { path: ['colour'], code: 'INTERNAL_SERVER_ERROR' },
        { path: ['colours', 1], code: 'INTERNAL_SERVER_ERROR' },
      ],
    },
    {
      name: 'and where an object says that null may not be, and its interface does not, it travels up',
      operation: '{ painted { colours } }',
      data: { painted: [{ colours: null }] },
      errors: [{ path: ['painted', 0, 'colours', 1], code: 'INTERNAL_SERVER_ERROR' }],
      reference: {
        why: 'it checks values by the type of the place, not of the object',
        data: { painted: [{ colours: ['RED', null] }] },
        errors: [{ path: ['painted', 0, 'colours', 1], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'and where null may not be, it travels up',
      operation: '{ strict }',
      data: null,
      errors: [{ path: ['strict'], code: 'INTERNAL_SERVER_ERROR' }],
    },
    {
      name: 'clients cannot send it',
      operation: 'query ($c: Colour) { find(colour: $c) }',
      variables: { c: 'ULTRAVIOLET' },
      data: undefined,
      errors: [{ code: 'BAD_USER_INPUT' }],
    },
    {
      name: 'a member of a union that clients do not know is null with an error',
      operation: '{ things { __typename ... on Product { name fee } } }',
      data: { things: [null, { __typename: 'Product', name: 'Alpine', fee: 'fee for 5' }] },
      errors: [{ path: ['things', 0], code: 'INTERNAL_SERVER_ERROR' }],
    },
    {
      name: 'and so it is of an interface, where nothing but a field of that is asked for',
      operation: '{ shapes { area } }',
      data: { shapes: [{ area: 4 }, null] },
      errors: [{ path: ['shapes', 1], code: 'INTERNAL_SERVER_ERROR' }],
    },
    {
      name: 'objects beside a hidden type, each with what another subgraph has of it',
      operation: '{ tiles { id depth } }',
      data: {
        tiles: [
          { id: '1', depth: 'depth of 1' },
          { id: '2', depth: 'depth of 2' },
        ],
      },
    },
    {
      name: 'introspection does not tell of it',
      operation:
        '{ __type(name: "Product") { fields { name } } colour: __type(name: "Colour") { enumValues { name } } }',
      data: {
        __type: { fields: [{ name: 'name' }, { name: 'fee' }] },
        colour: { enumValues: [{ name: 'RED' }, { name: 'GREEN' }] },
      },
    },
  ],
}
