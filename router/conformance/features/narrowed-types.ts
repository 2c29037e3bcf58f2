import type { Feature, FieldResolvers } from '../feature.ts'

const NEXT = { __typename: 'Race', id: 'r2', rate: 3.5, next: null }
const RACE = { __typename: 'Race', id: 'r1', rate: 2.5, next: NEXT }

const PACE: FieldResolvers[string] = (_, { by }) => 4 / (by ?? 1)

/** Implementations may narrow the types of an interface's fields and add arguments (IsValidImplementation): one field, two types. */
export const narrowedTypes: Feature = {
  name: 'fields of which the interface says less than its implementations',
  subgraphs: {
    races: {
      sdl: `
        type Query { event: Event race: Race }
        interface Event { id: ID rate: Float next: Event pace: Float }
        type Race implements Event @key(fields: "id") { id: ID! rate: Float! next: Race pace(by: Int): Float }`,
      query: { event: RACE, race: RACE },
      entities: { Race: [RACE, NEXT] },
      resolvers: { Race: { pace: PACE } },
    },
    crowds: {
      sdl: 'type Race @key(fields: "id") { id: ID! crowd: Int }',
      entities: {
        Race: [
          { id: 'r1', crowd: 10 },
          { id: 'r2', crowd: 20 },
        ],
      },
    },
  },
  whole: {
    query: { event: { ...RACE, crowd: 10 }, race: { ...RACE, crowd: 10 } },
    resolvers: { Race: { pace: PACE } },
  },
  cases: [
    {
      name: 'by the interface alone',
      operation: '{ event { id rate next { id } } }',
      data: { event: { id: 'r1', rate: 2.5, next: { id: 'r2' } } },
    },
    {
      name: 'by both',
      operation: '{ event { next { id } ... on Race { after: next { rate } crowd } } }',
      data: { event: { next: { id: 'r2' }, after: { rate: 3.5 }, crowd: 10 } },
    },
    {
      name: 'of a field that takes arguments of the implementation only',
      operation: '{ event { pace next { pace } } race { pace slow: pace(by: 2) ... on Event { pace } } }',
      data: { event: { pace: 4, next: { pace: 4 } }, race: { pace: 4, slow: 2 } },
    },
    {
      name: 'by the interface, of an object',
      operation: '{ race { ... on Event { id rate } crowd } }',
      data: { race: { id: 'r1', rate: 2.5, crowd: 10 } },
    },
  ],
}
