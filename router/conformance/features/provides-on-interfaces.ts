import type { Feature } from '../feature.ts'

/** `@provides` on a field whose type is an interface, and of fields of interfaces below it. */
export const providesOnInterfaces: Feature = {
  name: '@provides on interfaces',
  subgraphs: {
    shelf: {
      sdl: `
        type Query {
          media: Media @provides(fields: "animals { id name }")
          book: Book @provides(fields: "animals { ... on Dog { name } }")
          held: Held @provides(fields: "size { width }")
        }
        interface Held { size: Size }
        type Bag implements Held @key(fields: "id") { id: ID! size: Size @external }
        type Size { width: Int @shareable }
        interface Media { id: ID! animals: [Animal] }
        interface Animal { id: ID! name: String }
        type Book implements Media @key(fields: "id") { id: ID! animals: [Animal] @external }
        type Dog implements Animal @key(fields: "id") { id: ID! name: String @external }
        type Cat implements Animal @key(fields: "id") { id: ID! name: String @external }`,
      query: {
        // The provided value differs from the owner's, so that a test sees its source.
        media: {
          __typename: 'Book',
          id: 'm1',
          animals: [
            { __typename: 'Dog', id: 'd1', name: 'provided' },
            { __typename: 'Cat', id: 'c1', name: 'provided too' },
          ],
        },
        book: {
          id: 'm1',
          animals: [
            { __typename: 'Dog', id: 'd1', name: 'provided' },
            { __typename: 'Cat', id: 'c1' },
          ],
        },
        held: { __typename: 'Bag', id: 'b1', size: { width: 1 } },
      },
    },
    zoo: {
      sdl: `
        interface Media { id: ID! animals: [Animal] }
        interface Animal { id: ID! name: String }
        type Bag @key(fields: "id") { id: ID! size: Size @shareable }
        type Size { width: Int @shareable height: Int }
        type Book implements Media @key(fields: "id") { id: ID! animals: [Animal] @shareable }
        type Dog implements Animal @key(fields: "id") { id: ID! name: String @shareable age: Int }
        type Cat implements Animal @key(fields: "id") { id: ID! name: String @shareable age: Int }`,
      entities: {
        Book: [
          {
            id: 'm1',
            animals: [
              { __typename: 'Dog', id: 'd1', name: 'Fido', age: 3 },
              { __typename: 'Cat', id: 'c1', name: 'Tom', age: 4 },
            ],
          },
        ],
        Bag: [{ id: 'b1', size: { width: 9, height: 2 } }],
        Dog: [{ id: 'd1', name: 'Fido', age: 3 }],
        Cat: [{ id: 'c1', name: 'Tom', age: 4 }],
      },
    },
  },
  cases: [
    {
      name: 'a field of an interface below the interface',
      operation: '{ media { id animals { id name } } }',
      data: {
        media: {
          id: 'm1',
          animals: [
            { id: 'd1', name: 'provided' },
            { id: 'c1', name: 'provided too' },
          ],
        },
      },
      calls: { shelf: 1 },
    },
    {
      name: 'beside one that is not provided',
      operation: '{ media { animals { name ... on Dog { age } } } }',
      data: { media: { animals: [{ name: 'provided', age: 3 }, { name: 'provided too' }] } },
      calls: { shelf: 1, zoo: 1 },
    },
    {
      name: 'a part of an object below the interface, beside one that its types have elsewhere',
      operation: '{ held { size { width height } } }',
      data: { held: { size: { width: 1, height: 2 } } },
      calls: { shelf: 1, zoo: 1 },
    },
    {
      name: 'for one of the types: that of the other comes from its owner',
      operation: '{ book { animals { id name } } }',
      data: {
        book: {
          animals: [
            { id: 'd1', name: 'provided' },
            { id: 'c1', name: 'Tom' },
          ],
        },
      },
    },
  ],
}
