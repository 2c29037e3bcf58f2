import type { Feature } from '../feature.ts'

const OLD = { id: '1', title: 'old', text: 'old', author: 'old', seal: 'old', sign: 'old' }
const NEW = { id: '1', title: 'new', text: 'new', author: 'new', seal: 'new', sign: 'new' }

/**
 * `@override`: a field is resolved by the subgraph that overrides it; with a label, for the stated share of
 * requests.
 */
export const overrides: Feature = {
  name: '@override',
  subgraphs: {
    old: {
      sdl: `
        type Query { posts: [Post!]! }
        interface Signed { seal: String sign: String }
        type Post implements Signed @key(fields: "id") {
          id: ID! title: String text: String author: String seal: String sign: String
        }`,
      query: { posts: [OLD] },
      entities: { Post: [OLD] },
    },
    new: {
      sdl: `
        type Query { fresh: Post }
        type Post @key(fields: "id") {
          id: ID!
          title: String @override(from: "old")
          text: String @override(from: "old", label: "percent(100)")
          author: String @override(from: "old", label: "percent(0)")
          seal: String @override(from: "old", label: "percent(0)")
          sign: String @override(from: "old", label: "percent(100)")
        }`,
      query: { fresh: NEW },
      entities: { Post: [NEW] },
    },
  },
  cases: [
    {
      name: 'of fields that an interface of the former subgraph has',
      operation: '{ posts { seal sign } fresh { seal sign } }',
      data: { posts: [{ seal: 'old', sign: 'new' }], fresh: { seal: 'old', sign: 'new' } },
      reference: {
        why: 'labels that are percentages are not decided: the field stays where it was',
        data: { posts: [{ seal: 'old', sign: 'old' }], fresh: { seal: 'old', sign: 'old' } },
      },
    },
    {
      name: 'from the subgraph that had it',
      operation: '{ posts { id title } }',
      data: { posts: [{ id: '1', title: 'new' }] },
    },
    { name: 'from the one that has it', operation: '{ fresh { title } }', data: { fresh: { title: 'new' } } },
    {
      name: 'percent(0): no request yet',
      operation: '{ posts { author } fresh { author } }',
      data: { posts: [{ author: 'old' }], fresh: { author: 'old' } },
    },
    {
      name: 'percent(100): every request',
      operation: '{ posts { text } fresh { text } }',
      data: { posts: [{ text: 'new' }], fresh: { text: 'new' } },
      reference: {
        why: 'labels that are percentages are not decided: the field stays where it was',
        data: { posts: [{ text: 'old' }], fresh: { text: 'old' } },
      },
    },
  ],
}
