import type { Feature } from '../feature.ts'

/** Subgraphs written for Federation 1: no `@link`, `extend type`, `@extends`, `@external` keys. */
export const federation1: Feature = {
  name: 'Federation 1 subgraphs',
  subgraphs: {
    accounts: {
      link: false,
      sdl: `
        type Query { me: User }
        type User @key(fields: "id") { id: ID! name: String rank: Int }`,
      query: { me: { id: 'u1', name: 'Ada', rank: 3 } },
      entities: { User: [{ id: 'u1', name: 'Ada', rank: 3 }] },
    },
    reviews: {
      link: false,
      sdl: `
        extend type Query { latest: [Review] }
        type Review { text: String author: User @provides(fields: "name") }
        extend type User @key(fields: "id") {
          id: ID! @external
          name: String @external
          rank: Int @external
          reviews: [Review]
          greeting: String @requires(fields: "rank")
        }`,
      query: { latest: [{ text: 'Soft', author: { id: 'u1', name: 'Ada' } }] },
      entities: { User: [{ id: 'u1', reviews: [{ text: 'Soft' }] }] },
      resolvers: { User: { greeting: ({ rank }) => `rank ${rank}` } },
    },
    badges: {
      link: false,
      sdl: 'type User @key(fields: "id") @extends { id: ID! @external badge: String }',
      entities: { User: [{ id: 'u1', badge: 'gold' }] },
    },
  },
  cases: [
    {
      name: 'one type from three',
      operation: '{ me { name badge greeting reviews { text } } }',
      data: { me: { name: 'Ada', badge: 'gold', greeting: 'rank 3', reviews: [{ text: 'Soft' }] } },
    },
    {
      name: 'entered from the subgraph that extends it',
      operation: '{ latest { author { name rank badge } } }',
      data: { latest: [{ author: { name: 'Ada', rank: 3, badge: 'gold' } }] },
    },
  ],
}
