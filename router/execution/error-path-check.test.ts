import { buildSchema } from 'graphql'
import { describe, expect, test } from 'vitest'
import { errorPathCheck } from './error-path-check.ts'

const schema = buildSchema(`
  type Query { sock: Sock pairs: [[Sock!]]! wear: [Wear] size: Int }
  type Mutation { wash: Sock }
  interface Wear { id: ID! tags: [String!]! }
  type Sock implements Wear { id: ID! tags: [String!]! twin: Sock }
  type Hat implements Wear { id: ID! tags: [String!]! brim: [Int] }`)
const leads = errorPathCheck(schema)

describe.each([
  [
    '{ sock { id twin { tags } } size }',
    { yes: ['sock', 'sock id', 'sock twin tags 0', 'size', ''], no: ['size 0', '__typename'] },
  ],
  ['{ sock { id } }', { yes: ['sock id'], no: ['sock twin', 'id', 'sock 0', 'sock id 0', 'sock id id'] }],
  ['{ a: sock { b: id } }', { yes: ['a b'], no: ['sock', 'a id'] }],
  ['{ sock { id } sock { twin { id } } }', { yes: ['sock id', 'sock twin id'], no: ['sock tags'] }],
  ['mutation { wash { tags } }', { yes: ['wash tags 3'], no: ['wash tags 3 0', 'wash 0'] }],
  [
    '{ pairs { id } }',
    { yes: ['pairs 0 1 id', 'pairs 0', 'pairs'], no: ['pairs id', 'pairs 0 id', 'pairs 0 0 0'] },
  ],
  [
    '{ wear { __typename ... on Hat { brim } ...F } } fragment F on Sock { twin { id } }',
    {
      yes: ['wear 0 brim 1', 'wear 0 twin id', 'wear 1 __typename'],
      no: ['wear 0 brim id', 'wear 0 twin 0', 'wear brim', 'wear 0 __typename 0'],
    },
  ],
  ['{ wear { tags } }', { yes: ['wear 0 tags 1'], no: ['wear 0 tags 1 2', 'wear 0 id'] }],
  ['{ wear { ... { id } } }', { yes: ['wear 0 id'], no: ['wear 0 tags', 'wear 0 id 0'] }],
  [
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Sock { tags } } }',
    {
      yes: ['_entities 2', '_entities 2 tags 0'],
      no: ['_entities tags', '_entities 2 0'],
    },
  ],
  // The lists around a field of an unknown type are unknown.
  [
    '{ wear { ... on Shoe { laces { ends } } } other { id } }',
    {
      yes: [
        'wear 0 laces',
        'wear 0 laces 0 1',
        'wear 0 laces ends',
        'wear 0 laces 5 ends',
        'other id',
        'other 0 id',
      ],
      no: ['wear 0 laces id', 'other tags'],
    },
  ],
])('%s', (operation, { yes, no }) => {
  const pathOf = (text: string) =>
    text === '' ? [] : text.split(' ').map((part) => (/^\d+$/.test(part) ? Number(part) : part))

  test.each(yes)('has a value at %j', (path) => expect(leads(operation, pathOf(path))).toBe(true))
  test.each(no)('has none at %j', (path) => expect(leads(operation, pathOf(path))).toBe(false))
})
