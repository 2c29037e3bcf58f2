import type { Feature } from '../feature.ts'

/** Shared fields that return a union or an interface, where a subgraph lacks a member or a field of one. */
export const partialOwners: Feature = {
  name: 'shared fields whose subgraphs know different types',
  subgraphs: {
    shop: {
      sdl: `
        type Query { basket: Basket find(id: ID!): Item @shareable ghost: Ghost }
        type Basket @key(fields: "id") { id: ID! top: Shelf @shareable }
        type Shelf @shareable { things: [Thing!]! }
        union Thing = Sock | Voucher | Card
        type Sock @shareable { size: Int }
        type Voucher { worth: Int }
        type Card { text: String! }
        interface Item { id: ID! }
        type Hat implements Item @key(fields: "id") { id: ID! brim: Int }
        type Shoe implements Item @key(fields: "id") { id: ID! @external heel: Int }
        interface Ghost @key(fields: "id") { id: ID! }`,
      query: {
        basket: {
          id: 'b',
          top: {
            things: [
              { __typename: 'Sock', size: 40 },
              { __typename: 'Voucher', worth: 5 },
              { __typename: 'Card', text: 'Thanks' },
            ],
          },
        },
        find: { __typename: 'Hat', id: 'h', brim: 7 },
      },
    },
    store: {
      sdl: `
        type Query { find(id: ID!): Item @shareable }
        type Basket @key(fields: "id") { id: ID! top: Shelf @shareable below: Shelf }
        type Shelf @shareable { things: [Thing!]! }
        union Thing = Sock | Lace
        type Sock @shareable { size: Int }
        type Lace { length: Int }
        interface Item { id: ID! }
        type Hat implements Item @key(fields: "id") { id: ID! @external felt: Boolean }
        type Shoe implements Item @key(fields: "id") { id: ID! sole: String }
        type Ghost @key(fields: "id", resolvable: false) @interfaceObject { id: ID! sound: String }`,
      query: { find: { __typename: 'Hat', id: 'never', felt: true } },
      entities: { Basket: [{ id: 'b', below: { things: [{ __typename: 'Lace', length: 90 }] } }] },
    },
  },
  cases: [
    {
      name: 'a member that another subgraph of the field lacks: its nullable fields are null, its type is told',
      operation:
        '{ basket { top { things { __typename ... on Sock { size } ... on Voucher { worth } ... on Card { text } } } } }',
      data: {
        basket: {
          top: {
            things: [
              { __typename: 'Sock', size: 40 },
              { __typename: 'Voucher', worth: null },
              { __typename: 'Card', text: 'Thanks' },
            ],
          },
        },
      },
      reference: {
        why: 'its plan leaves out non-null fields of such a member too, which takes the objects around',
        data: { basket: { top: null } },
        errors: [{ code: 'INTERNAL_SERVER_ERROR', path: ['basket', 'top', 'things', 2, 'text'] }],
      },
      calls: { shop: 1 },
    },
    {
      name: 'a field that one subgraph alone has leads to all members of that one',
      operation: '{ basket { below { things { ... on Lace { length } ... on Sock { size } } } } }',
      data: { basket: { below: { things: [{ length: 90 }] } } },
    },
    {
      name: 'a field of an interface that no subgraph has for all types is refused',
      operation: '{ find(id: "h") { id } }',
      data: null,
      errors: [{ code: 'INTERNAL_SERVER_ERROR' }],
      reference: {
        why: 'Apollo Server answers without data',
        data: undefined,
        errors: [{ code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'the same field of one type is not',
      operation: '{ find(id: "h") { ... on Hat { id } ... on Shoe { heel } } }',
      data: { find: { id: 'h' } },
    },
    {
      name: 'a field of an interface without types, which no key leads to, is refused',
      operation: '{ ghost { sound } }',
      data: null,
      errors: [{ code: 'INTERNAL_SERVER_ERROR' }],
      reference: { why: 'its plan selects nothing', data: { ghost: null } },
    },
  ],
}
