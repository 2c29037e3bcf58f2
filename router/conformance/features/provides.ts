import type { Feature } from '../feature.ts'

/** `@provides`: the value that is returned with one path, nested, and in members of a union. */
export const provides: Feature = {
  name: '@provides',
  subgraphs: {
    reviews: {
      sdl: `
        type Query {
          reviews: [Review]
          best: Review @provides(fields: "product { name maker { name } }")
          medium: Medium @provides(fields: "... on Book { title }")
          shelf: Shelf
          sent: Sent @provides(fields: "product { name }")
          scales: Scales
        }
        type Shelf { product: Product @provides(fields: "name") }
        type Sent { product: Product @provides(fields: "weight") }
        type Scales { product: Product @provides(fields: "weight") }
        type Review { text: String product: Product }
        type Product @key(fields: "id") { id: ID! name: String @external weight: Int @external maker: Maker @external }
        type Maker { name: String @external }
        union Medium = Book | Film
        type Book @key(fields: "id") { id: ID! title: String @external }
        type Film @key(fields: "id") { id: ID! }`,
      query: {
        reviews: [{ text: 'Good', product: { id: 'p1' } }],
        // The provided value differs from the owner's, so that a test sees its source.
        best: { text: 'Best', product: { id: 'p1', name: 'provided', maker: { name: 'provided too' } } },
        medium: { __typename: 'Book', id: 'b1', title: 'provided' },
        shelf: { product: { id: 'p1', name: 'provided' } },
        scales: { product: { id: 'p1', weight: 9 } },
        sent: { product: { id: 'p1', name: 'provided', weight: 8 } },
      },
    },
    catalogue: {
      sdl: `
        type Product @key(fields: "id") { id: ID! name: String @shareable weight: Int @shareable maker: Maker @shareable price: Int }
        type Maker { name: String @shareable land: String }
        type Book @key(fields: "id") { id: ID! title: String @shareable pages: Int }
        type Film @key(fields: "id") { id: ID! title: String @shareable }`,
      entities: {
        Product: [
          { id: 'p1', name: 'owned', weight: 10, maker: { name: 'owned too', land: 'NO' }, price: 3 },
        ],
        Book: [{ id: 'b1', title: 'owned', pages: 7 }],
      },
    },
  },
  cases: [
    {
      name: 'a field that is provided is not fetched again',
      operation: '{ best { product { name } } }',
      data: { best: { product: { name: 'provided' } } },
    },
    {
      name: 'the same field by a path that does not provide it comes from its owner',
      operation: '{ reviews { product { name } } }',
      data: { reviews: [{ product: { name: 'owned' } }] },
    },
    {
      name: 'nested, beside a field that is not provided',
      operation: '{ best { text product { price maker { name } } } }',
      data: { best: { text: 'Best', product: { price: 3, maker: { name: 'provided too' } } } },
    },
    {
      name: 'for one member of a union',
      operation: '{ medium { ... on Book { title pages } ... on Film { title } } }',
      data: { medium: { title: 'provided', pages: 7 } },
    },
    {
      name: 'one field of an entity by one type, another by another',
      operation: '{ shelf { product { name weight } } again: shelf { product { weight } } }',
      data: {
        shelf: { product: { name: 'provided', weight: 10 } },
        again: { product: { weight: 10 } },
      },
    },
    {
      name: 'and the other way round',
      operation: '{ scales { product { name } } }',
      data: { scales: { product: { name: 'owned' } } },
    },
    {
      name: 'one field by the path, another by the field on it',
      operation: '{ sent { product { name weight } } }',
      data: { sent: { product: { name: 'provided', weight: 8 } } },
      reference: {
        why: 'the plan takes what the path provides alone, and fetches the other field from its owner',
        data: { sent: { product: { name: 'provided', weight: 10 } } },
      },
      calls: { reviews: 1 },
    },
  ],
}
