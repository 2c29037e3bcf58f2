import type { Difference, Feature } from '../feature.ts'

/** Apollo's plan. */
const ASKS_DRAFTS_FOR_AUTHORS: Difference = {
  why: 'for a requirement of a requirement, the plan asks drafts for the author, which is external to it',
  data: { feed: [null, null] },
  errors: [
    { path: ['feed', 0, 'author'], code: 'INTERNAL_SERVER_ERROR' },
    { path: ['feed', 1, 'author'], code: 'INTERNAL_SERVER_ERROR' },
  ],
}

/** Two subgraphs that need each other's fields of one entity, and of entities that it leads to. */
export const circularRequires: Feature = {
  name: 'circular @requires',
  subgraphs: {
    drafts: {
      sdl: `
        type Query { feed: [Post] }
        type Post @key(fields: "id") {
          id: ID!
          byNovice: Boolean! @requires(fields: "author { years }")
          byExpert: Boolean! @external
          summary: String! @requires(fields: "byExpert")
          author: Author! @external
        }
        type Author @key(fields: "id") { id: ID! years: Int! @external }`,
      query: { feed: [{ id: '1' }, { id: '2' }] },
      resolvers: {
        Post: {
          // The representation carries what was required: { author: { years } }.
          byNovice: ({ author }) => (author as { readonly years: number }).years < 3,
          summary: ({ byExpert }) => (byExpert ? 'expert' : 'novice'),
        },
      },
    },
    authors: {
      sdl: `
        type Post @key(fields: "id") {
          id: ID!
          author: Author!
          byNovice: Boolean! @external
          byExpert: Boolean! @requires(fields: "byNovice")
        }
        type Author @key(fields: "id") { id: ID! name: String years: Int! posts: [Post!] }`,
      entities: {
        Post: [
          {
            id: '1',
            author: {
              id: 'a1',
              name: 'Ada',
              years: 1,
              posts: [{ id: '2', author: { id: 'a2', name: 'Bo', years: 9 } }],
            },
          },
          { id: '2', author: { id: 'a2', name: 'Bo', years: 9, posts: [] } },
        ],
        Author: [
          { id: 'a1', name: 'Ada', years: 1 },
          { id: 'a2', name: 'Bo', years: 9 },
        ],
      },
      resolvers: { Post: { byExpert: ({ byNovice }) => !byNovice } },
    },
  },
  cases: [
    {
      name: 'there',
      operation: '{ feed { byNovice } }',
      data: { feed: [{ byNovice: true }, { byNovice: false }] },
    },
    {
      name: 'there and back',
      operation: '{ feed { byExpert } }',
      data: { feed: [{ byExpert: false }, { byExpert: true }] },
      reference: ASKS_DRAFTS_FOR_AUTHORS,
    },
    {
      name: 'there and back and there',
      operation: '{ feed { summary author { name } } }',
      data: {
        feed: [
          { summary: 'novice', author: { name: 'Ada' } },
          { summary: 'expert', author: { name: 'Bo' } },
        ],
      },
      reference: ASKS_DRAFTS_FOR_AUTHORS,
    },
    {
      name: 'again behind the entity that was required',
      operation: '{ feed { author { posts { summary } } } }',
      data: { feed: [{ author: { posts: [{ summary: 'expert' }] } }, { author: { posts: [] } }] },
      reference: {
        why: 'the plan asks authors for what it knows of posts only from others',
        data: { feed: [{ author: { posts: null } }, { author: { posts: [] } }] },
        errors: [{ path: ['feed', 0, 'author', 'posts', 0, 'byNovice'], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
  ],
}
