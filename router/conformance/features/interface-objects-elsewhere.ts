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
        interface Beast @key(fields: "tag") { tag: ID! name: String weight: Int }
        type Cow implements Beast @key(fields: "tag") {
          tag: ID! name: String weight: Int @external milk: Int dose: String @requires(fields: "weight")
        }
        type Hen implements Beast @key(fields: "tag") { tag: ID! name: String weight: Int @shareable eggs: Int }`,
      entities: {
        Beast: [
          { __typename: 'Cow', tag: 'c1', name: 'Clara', milk: 9 },
          { __typename: 'Hen', tag: 'h1', name: 'Hanna', eggs: 3 },
        ],
        Cow: [{ tag: 'c1', name: 'Clara', milk: 9 }],
        Hen: [{ tag: 'h1', name: 'Hanna', eggs: 3 }],
      },
      resolvers: { Cow: { dose: ({ weight }) => `for ${weight}` } },
    },
    care: {
      sdl: `type Beast @key(fields: "tag") @interfaceObject {
        tag: ID!
        name: String @external
        badge: String @requires(fields: "name")
        weight: Int @shareable
        strict: Int!
      }`,
      resolvers: {
        Beast: {
          weight: ({ tag }) => (tag === 'c1' ? 500 : 2),
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
      name: 'a field of a type that requires one which is external there, and another subgraph has for the interface',
      operation: '{ all { ... on Cow { dose } } }',
      data: { all: [{ dose: 'for 500' }, {}] },
      notByReference: 'its planner takes a minute and gigabytes',
    },
    {
      name: 'no type is asked for where no fragment can be of any',
      operation: '{ all { tag ... on Cow { ... on Beast { ... on Hen { eggs } } } } }',
      data: { all: [{ tag: 'c1' }, { tag: 'h1' }] },
      calls: { entrance: 1 },
    },
    {
      name: 'nor where all of a fragment is left out',
      operation: 'query ($no: Boolean!) { all { tag ... on Cow { milk @include(if: $no) } } }',
      variables: { no: false },
      data: { all: [{ tag: 'c1' }, { tag: 'h1' }] },
      calls: { entrance: 1 },
    },
    {
      name: 'no type is asked for where nothing depends on it',
      operation: '{ all { tag } favourite { strict } }',
      data: { all: [{ tag: 'c1' }, { tag: 'h1' }], favourite: { strict: 7 } },
      calls: { entrance: 1, care: 1 },
    },
  ],
}
