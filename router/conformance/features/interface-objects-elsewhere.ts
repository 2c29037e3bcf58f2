import type { Feature } from '../feature.ts'

/** Objects that come from a subgraph which has their interface as an object, and fields that need their types first. */
export const interfaceObjectsElsewhere: Feature = {
  name: '@interfaceObject in several subgraphs',
  subgraphs: {
    entrance: {
      sdl: `
        type Query { favourite: Beast all: [Beast] }
        type Beast @key(fields: "tag") @interfaceObject { tag: ID! }`,
      query: { favourite: { tag: 'c1' }, all: [{ tag: 'c1' }, { tag: 'h1' }] },
    },
    kinds: {
      sdl: `
        interface Beast @key(fields: "tag") { tag: ID! name: String }
        type Cow implements Beast @key(fields: "tag") { tag: ID! name: String milk: Int }
        type Hen implements Beast @key(fields: "tag") { tag: ID! name: String eggs: Int }`,
      entities: {
        Beast: [
          { __typename: 'Cow', tag: 'c1', name: 'Clara', milk: 9 },
          { __typename: 'Hen', tag: 'h1', name: 'Hanna', eggs: 3 },
        ],
        Cow: [{ tag: 'c1', name: 'Clara', milk: 9 }],
        Hen: [{ tag: 'h1', name: 'Hanna', eggs: 3 }],
      },
    },
    care: {
      sdl: `type Beast @key(fields: "tag") @interfaceObject {
        tag: ID!
        name: String @external
        badge: String @requires(fields: "name")
        strict: Int!
      }`,
      resolvers: {
        Beast: {
          badge: ({ name }) => `B-${name}`,
          strict: ({ tag }) => {
            if (tag === 'h1') throw new Error('nobody asked for it')
            return 7
          },
        },
      },
    },
  },
  cases: [
    {
      name: 'a field of a type beside one that requires another subgraph’s',
      operation: '{ favourite { tag ... on Cow { badge milk } } }',
      data: { favourite: { tag: 'c1', badge: 'B-Clara', milk: 9 } },
      calls: { entrance: 1, kinds: 1, care: 1 },
      notByReference: 'its planner takes a minute and gigabytes',
    },
    {
      name: 'a field for all objects, and once more for those of a type: it is asked for once',
      operation: '{ favourite { badge ... on Cow { milk badge } } }',
      data: { favourite: { badge: 'B-Clara', milk: 9 } },
      calls: { entrance: 1, kinds: 1, care: 1 },
      notByReference: 'its planner takes a minute and gigabytes',
    },
    {
      name: 'a field of another type: there is none',
      operation: '{ favourite { ... on Hen { eggs } } }',
      data: { favourite: {} },
      calls: { entrance: 1, kinds: 1 },
    },
    {
      name: 'a field of the interface as an object, for objects of one type alone',
      operation: '{ all { tag ... on Cow { strict } } }',
      data: { all: [{ tag: 'c1', strict: 7 }, { tag: 'h1' }] },
      reference: {
        why: 'the plan asks the field of all objects, before their types are known',
        data: { all: [{ tag: 'c1', strict: 7 }, { tag: 'h1' }] },
        errors: [{ path: ['all', 1], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'no type is asked for where nothing depends on it',
      operation: '{ all { tag } favourite { strict } }',
      data: { all: [{ tag: 'c1' }, { tag: 'h1' }], favourite: { strict: 7 } },
      calls: { entrance: 1, care: 1 },
    },
  ],
}
