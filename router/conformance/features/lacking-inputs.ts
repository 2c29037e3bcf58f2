import type { Feature } from '../feature.ts'

const fail = () => {
  throw new Error('the scales broke')
}

const WHERE_IT_FAILED = 'the error has the path of the entity whose request failed'

/**
 * A field whose required field failed cannot be fetched. It has an error of its own, even if the client
 * selects the required field too.
 */
export const lackingInputs: Feature = {
  name: 'fields whose required fields failed',
  subgraphs: {
    catalogue: {
      sdl: `
        type Query { parcel: Parcel parcels: [Parcel] }
        type Parcel @key(fields: "id") { id: ID! }`,
      query: { parcel: { id: '1' }, parcels: [{ id: '1' }, { id: '2' }] },
    },
    scales: {
      sdl: `
        type Parcel @key(fields: "id") { id: ID! weight: Int! height: Int }`,
      entities: {
        Parcel: [
          { id: '1', height: 7 },
          { id: '2', height: 8 },
        ],
      },
      resolvers: { Parcel: { weight: fail } },
    },
    carrier: {
      sdl: `
        type Parcel @key(fields: "id") {
          id: ID!
          weight: Int! @external
          fee: Int @requires(fields: "weight")
        }`,
      entities: { Parcel: [{ id: '1' }, { id: '2' }] },
    },
  },
  cases: [
    {
      name: 'has the error of the required field, at its own path',
      operation: '{ parcel { fee } }',
      data: { parcel: { fee: null } },
      errors: [{ path: ['parcel', 'fee'], code: 'INTERNAL_SERVER_ERROR' }],
      calls: { catalogue: 1, scales: 1 },
      reference: {
        why: WHERE_IT_FAILED,
        data: { parcel: { fee: null } },
        errors: [{ path: ['parcel'], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'has it beside the required field under another name',
      operation: '{ heavy: parcel { weight } parcel { fee } }',
      data: { heavy: null, parcel: { fee: null } },
      errors: [
        { path: ['heavy', 'weight'], code: 'INTERNAL_SERVER_ERROR' },
        { path: ['parcel', 'fee'], code: 'INTERNAL_SERVER_ERROR' },
      ],
      reference: {
        why: WHERE_IT_FAILED,
        data: { heavy: null, parcel: { fee: null } },
        errors: [
          { path: ['heavy', 'weight'], code: 'INTERNAL_SERVER_ERROR' },
          { path: ['parcel'], code: 'INTERNAL_SERVER_ERROR' },
        ],
      },
    },
    {
      name: 'is told of, and so is a field beside the required one, which is lost with the entity',
      operation: '{ parcel { fee height } }',
      data: { parcel: { fee: null, height: null } },
      errors: [
        { path: ['parcel', 'fee'], code: 'INTERNAL_SERVER_ERROR' },
        { path: ['parcel', 'height'], code: 'INTERNAL_SERVER_ERROR' },
      ],
      calls: { catalogue: 1, scales: 1 },
      reference: {
        why: WHERE_IT_FAILED,
        data: { parcel: { fee: null, height: null } },
        errors: [{ path: ['parcel'], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'is told of once where it is the required field that the client selects',
      operation: '{ parcel { weight height } }',
      data: { parcel: null },
      errors: [{ path: ['parcel', 'weight'], code: 'INTERNAL_SERVER_ERROR' }],
    },
    {
      name: 'has it for each object of a list',
      operation: '{ parcels { fee } }',
      data: { parcels: [{ fee: null }, { fee: null }] },
      errors: [
        { path: ['parcels', 0, 'fee'], code: 'INTERNAL_SERVER_ERROR' },
        { path: ['parcels', 1, 'fee'], code: 'INTERNAL_SERVER_ERROR' },
      ],
      reference: {
        why: WHERE_IT_FAILED,
        data: { parcels: [{ fee: null }, { fee: null }] },
        errors: [
          { path: ['parcels', 0], code: 'INTERNAL_SERVER_ERROR' },
          { path: ['parcels', 1], code: 'INTERNAL_SERVER_ERROR' },
        ],
      },
    },
  ],
}
