import type { Feature } from '../feature.ts'

/** Fields of one name whose types differ in a subgraph, though they do not for clients: "Field Selection Merging" (5.3.2). */
export const responseShapes: Feature = {
  name: 'fields of one name and several shapes',
  subgraphs: {
    stock: {
      sdl: `
        type Query { things: [Thing] broken: [Thing] nested: [Thing] }
        union Thing = Crate | Shelf | Tray | Bin
        type Crate @key(fields: "id") { id: ID! many: [Item!] @shareable code: Code @shareable }
        type Shelf { id: ID! many: [Item] }
        type Tray @key(fields: "id") { id: Int! }
        type Bin { id: ID! many: [Part] }
        type Part @shareable { k: Int! }
        type Item @shareable { k: Int m: Int inner: Inner }
        type Inner @shareable { deep: Int }
        enum Code { LOW }`,
      query: {
        things: [
          { __typename: 'Crate', id: 'c', many: [{ k: 1, m: 2, inner: { deep: 5 } }], code: 'LOW' },
          { __typename: 'Shelf', id: 's', many: [{ k: 3, m: 4, inner: { deep: 6 } }, null] },
          { __typename: 'Tray', id: 7 },
        ],
        nested: [
          { __typename: 'Crate', id: 'c', many: [{ k: 1 }] },
          { __typename: 'Shelf', id: 's', many: [{ k: 2 }] },
          { __typename: 'Bin', id: 'b', many: [{ k: 3 }] },
        ],
        broken: [
          { __typename: 'Crate', id: 'c', many: [{ k: 1 }] },
          { __typename: 'Shelf', id: 's', many: [{ k: 'broken', m: 4 }] },
        ],
      },
      resolvers: {
        Item: {
          k: ({ k }) => {
            if (k === 'broken') throw new Error('broken')
            return k
          },
        },
      },
      entities: { Crate: [{ id: 'c', many: [{ k: 1, m: 2 }] }], Tray: [{ id: 7 }] },
    },
    other: {
      sdl: `
        type Crate @key(fields: "id") { id: ID! many: [Item] @shareable code: Code @shareable label: String }
        type Item @shareable { k: Int m: Int inner: Inner }
        type Inner @shareable { deep: Int }
        type Part @shareable { k: Int }
        type Tray @key(fields: "id") { id: Int! label: String }
        enum Code { LOW }`,
      entities: {
        Crate: [{ id: 'c', many: [{ k: 1, m: 2 }], label: 'a crate' }],
        Tray: [{ id: 7, label: 'a tray' }],
      },
    },
  },
  cases: [
    {
      name: 'lists whose elements may be null in one type alone',
      operation: '{ things { ... on Crate { many { k } } ... on Shelf { many { k } } } }',
      data: { things: [{ many: [{ k: 1 }] }, { many: [{ k: 3 }, null] }, {}] },
    },
    {
      name: 'with objects below them',
      operation:
        '{ things { ... on Crate { many { inner { deep } k } } ... on Shelf { many { k inner { deep } } } } }',
      data: {
        things: [
          { many: [{ inner: { deep: 5 }, k: 1 }] },
          { many: [{ k: 3, inner: { deep: 6 } }, null] },
          {},
        ],
      },
    },
    {
      name: 'within each other',
      operation:
        '{ nested { ... on Crate { many { k } } ... on Shelf { many { k } } ... on Bin { many { k } } } }',
      data: { nested: [{ many: [{ k: 1 }] }, { many: [{ k: 2 }] }, { many: [{ k: 3 }] }] },
    },
    {
      name: 'an error below such a field is told at the client’s path',
      operation: '{ broken { ... on Crate { many { k } } ... on Shelf { many { k m } } } }',
      data: { broken: [{ many: [{ k: 1 }] }, { many: [{ k: null, m: 4 }] }] },
      errors: [{ path: ['broken', 1, 'many', 0, 'k'], code: 'INTERNAL_SERVER_ERROR' }],
      reference: {
        why: 'the path has the name that the plan gave the field, and is cut there',
        data: { broken: [{ many: [{ k: 1 }] }, { many: [{ k: null, m: 4 }] }] },
        errors: [{ path: ['broken', 1], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'keys that clients did not ask for',
      operation: '{ things { ... on Crate { label } ... on Tray { label } } }',
      data: { things: [{ label: 'a crate' }, {}, { label: 'a tray' }] },
    },
  ],
}
