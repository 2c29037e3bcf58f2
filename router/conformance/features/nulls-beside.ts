import type { Feature } from '../feature.ts'

const fail = () => {
  throw new Error('the shelf fell')
}

/** A request of which one non-null field fails has no data; another subgraph may bring that field all the same. */
export const nullsBeside: Feature = {
  name: 'fields beside a failed one',
  subgraphs: {
    one: {
      sdl: `
        type Query { socks: [Sock!]! @shareable size: Int weight: Int hat: Hat }
        type Sock @shareable { name: String cost: Int }
        type Hat { brim: Int }`,
      resolvers: { Query: { socks: fail } },
      query: { size: 4, weight: 9, hat: { brim: 7 } },
    },
    two: {
      sdl: `
        type Query { socks: [Sock!]! @shareable }
        type Sock @shareable { name: String wool: Boolean }`,
      query: { socks: [] },
    },
  },
  cases: [
    {
      name: 'each of them is null with an error of its own',
      operation: '{ socks { cost wool } size hat { brim } }',
      data: { socks: [], size: null, hat: null },
      errors: [
        { path: ['socks'], code: 'INTERNAL_SERVER_ERROR' },
        { path: ['size'], code: 'INTERNAL_SERVER_ERROR' },
        { path: ['hat'], code: 'INTERNAL_SERVER_ERROR' },
      ],
      reference: {
        why: 'fields of a request whose data is null have no error',
        data: { socks: [], size: null, hat: null },
        errors: [{ path: ['socks'], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'one that another subgraph shares has its error at its own path',
      operation: '{ mine: socks { cost wool } yours: socks { cost wool } }',
      data: { mine: [], yours: [] },
      errors: [
        { path: ['mine'], code: 'INTERNAL_SERVER_ERROR' },
        { path: ['yours'], code: 'INTERNAL_SERVER_ERROR' },
      ],
      reference: {
        why: 'fields of a request whose data is null have no error',
        data: { mine: [], yours: [] },
        errors: [{ path: ['mine'], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'they need no error where the failed one leaves nothing of the answer',
      operation: '{ size socks { cost } weight }',
      data: null,
      errors: [{ path: ['socks'], code: 'INTERNAL_SERVER_ERROR' }],
    },
  ],
}
