import type { Feature } from '../feature.ts'

/** Entities that a subgraph does not know, keys that are null, and invalid references. */
export const missingEntities: Feature = {
  name: 'missing entities and null keys',
  subgraphs: {
    catalogue: {
      sdl: `
        type Query { products: [Product] strictly: [Strict!] lost: Strict }
        type Product @key(fields: "id") @key(fields: "code") { id: ID code: String name: String }
        type Strict @key(fields: "id") { id: ID! }`,
      query: {
        products: [
          { id: 'p1', name: 'Alpine' },
          { id: null, name: 'Brook' },
          { id: 'gone', name: 'Cliff' },
          null,
        ],
        strictly: [{ id: 's1' }, { id: 'gone' }],
        lost: { id: 'gone' },
      },
    },
    reviews: {
      sdl: `
        type Product @key(fields: "id") { id: ID stars: Int label: String }
        type Strict @key(fields: "id") { id: ID! stars: Int! note: String }`,
      entities: {
        Product: [{ id: 'p1', stars: 4, label: null }],
        Strict: [{ id: 's1', stars: 5, note: null }],
      },
    },
  },
  cases: [
    {
      name: 'an entity that is not there has null fields, without an error',
      operation: '{ products { name stars label } }',
      data: {
        products: [
          { name: 'Alpine', stars: 4, label: null },
          { name: 'Brook', stars: null, label: null },
          { name: 'Cliff', stars: null, label: null },
          null,
        ],
      },
    },
    {
      name: 'its non-null field is an error there, and null travels up',
      operation: '{ lost { id stars } products { name } }',
      data: { lost: null, products: [{ name: 'Alpine' }, { name: 'Brook' }, { name: 'Cliff' }, null] },
      errors: [{ path: ['lost', 'stars'], code: 'INTERNAL_SERVER_ERROR' }],
    },
    {
      name: 'in a list of non-null elements the whole list goes',
      operation: '{ strictly { stars } }',
      data: { strictly: null },
      errors: [{ path: ['strictly', 1, 'stars'], code: 'INTERNAL_SERVER_ERROR' }],
    },
  ],
}
