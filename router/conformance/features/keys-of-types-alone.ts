import type { Feature } from '../feature.ts'

/** Entities with a single instance, whose key is only their type. */
export const keysOfTypesAlone: Feature = {
  name: 'keys of the type alone',
  subgraphs: {
    site: {
      sdl: `
        type Query { home: Home homes: [Home!]! }
        type Home @key(fields: "__typename") { title: String }`,
      query: { home: { title: 'Hello' }, homes: [{ title: 'Hello' }, { title: 'Hello' }] },
      entities: { Home: [{ title: 'Hello' }] },
    },
    search: {
      sdl: `
        type Score { points: Int! }
        type Home @key(fields: "__typename") { hint: String score: Score! }`,
      entities: { Home: [{ hint: 'Socks', score: { points: 3 } }] },
    },
  },
  cases: [
    {
      name: 'nothing but what the other subgraph says',
      operation: '{ home { hint } }',
      data: { home: { hint: 'Socks' } },
    },
    {
      name: 'beside what the first one says, through a field that is never null',
      operation: '{ home { title score { points } } }',
      data: { home: { title: 'Hello', score: { points: 3 } } },
    },
    {
      name: 'in a list: one representation stands for all',
      operation: '{ homes { hint } }',
      data: { homes: [{ hint: 'Socks' }, { hint: 'Socks' }] },
      calls: { site: 1, search: 1 },
    },
    {
      name: 'nobody else is asked where nothing of theirs is wanted',
      operation: '{ home { title } }',
      data: { home: { title: 'Hello' } },
      calls: { site: 1 },
    },
  ],
}
