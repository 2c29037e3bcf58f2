import type { Feature } from '../feature.ts'

const fail = () => {
  throw new Error('the shelf fell')
}

/**
 * A response in which a non-null field fails has no data. Another subgraph may return that field
 * nevertheless.
 */
export const nullsBeside: Feature = {
  name: 'fields beside a failed one',
  subgraphs: {
    one: {
      sdl: `
        type Query { socks: [Sock!]! @shareable size: Int weight: Int hat: Hat }
        type Sock @shareable { name: String cost: Int }
        type Hat { brim: Int }
        type Glove @key(fields: "id") @key(fields: "code") { id: ID! code: ID! belt: Belt @shareable }
        type Belt @shareable { holes: Int buckle: String }`,
      resolvers: { Query: { socks: fail }, Glove: { code: fail, belt: fail } },
      entities: { Glove: [{ id: '1' }] },
      query: { size: 4, weight: 9, hat: { brim: 7 } },
    },
    two: {
      sdl: `
        type Query { socks: [Sock!]! @shareable glove: Glove }
        type Sock @shareable { name: String wool: Boolean }
        type Glove @key(fields: "id") { id: ID! labels: [Label] @shareable tags: [Tag] @shareable belt: Belt @shareable }
        type Belt @shareable { inches: Int buckle: String }
        interface Tag { text: String }
        type Paper implements Tag @shareable { text: String weave: String }
        type Cloth implements Tag @shareable { text: String }
        type Label @shareable { text: String size: Size }
        type Size @shareable { inches: Int }`,
      query: {
        socks: [],
        glove: {
          id: '1',
          labels: [{ text: 'S', size: { inches: 3 } }, { text: 'M' }],
          tags: [
            { __typename: 'Paper', text: 'S', weave: null },
            { __typename: 'Cloth', text: 'M' },
          ],
          belt: { inches: 9 },
        },
      },
    },
    three: {
      sdl: `
        type Glove @key(fields: "code") { code: ID! labels: [Label] @shareable tags: [Tag] @shareable }
        interface Tag { text: String }
        type Paper implements Tag @shareable { text: String }
        type Cloth implements Tag @shareable { text: String weave: String }
        type Label @shareable { wash: Int size: Size }
        type Size @shareable { millimetres: Int }`,
      entities: { Glove: [{ code: 'g' }] },
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
      name: 'one of a shared object that another subgraph brings has its error at its own path',
      operation: '{ glove { labels { text wash size { inches millimetres } } } }',
      data: {
        glove: {
          labels: [
            { text: 'S', wash: null, size: { inches: 3, millimetres: null } },
            { text: 'M', wash: null, size: null },
          ],
        },
      },
      errors: [
        { path: ['glove', 'labels', 0, 'wash'], code: 'INTERNAL_SERVER_ERROR' },
        { path: ['glove', 'labels', 0, 'size', 'millimetres'], code: 'INTERNAL_SERVER_ERROR' },
        { path: ['glove', 'labels', 1, 'wash'], code: 'INTERNAL_SERVER_ERROR' },
        { path: ['glove', 'labels', 1, 'size'], code: 'INTERNAL_SERVER_ERROR' },
      ],
      reference: {
        why: 'the error has the path of the entity whose request failed',
        data: {
          glove: {
            labels: [
              { text: 'S', wash: null, size: { inches: 3, millimetres: null } },
              { text: 'M', wash: null, size: null },
            ],
          },
        },
        errors: [{ path: ['glove'], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'one below a shared object that failed in one subgraph and not in another has its error at its own path',
      operation: '{ glove { belt { holes inches buckle } } }',
      data: { glove: { belt: { holes: null, inches: 9, buckle: null } } },
      errors: [{ path: ['glove', 'belt', 'holes'], code: 'INTERNAL_SERVER_ERROR' }],
      reference: {
        why: 'the object that is null takes the place of the one that is there',
        data: { glove: { belt: null } },
        errors: [{ path: ['glove', 'belt'], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'a null of an object that the failed request did not ask for by its type has none',
      operation: '{ glove { tags { text ... on Paper { weave } ... on Cloth { weave } } } }',
      data: {
        glove: {
          tags: [
            { text: 'S', weave: null },
            { text: 'M', weave: null },
          ],
        },
      },
      errors: [{ path: ['glove', 'tags', 1, 'weave'], code: 'INTERNAL_SERVER_ERROR' }],
      reference: {
        why: 'the error has the path of the entity whose request failed',
        data: {
          glove: {
            tags: [
              { text: 'S', weave: null },
              { text: 'M', weave: null },
            ],
          },
        },
        errors: [{ path: ['glove'], code: 'INTERNAL_SERVER_ERROR' }],
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
