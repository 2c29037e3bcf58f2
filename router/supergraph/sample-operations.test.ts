import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { sampleOperations } from './sample-operations.ts'

test('samples are valid, and reach what needs no argument', () => {
  const schema = buildSchema(`
    type Query { count: Int nodes(ids: [ID!]!, first: Int! = 3): [Node!]! any: Any shelf: Shelf }
    interface Node { id: ID! shelf: Shelf }
    type Shelf implements Node { id: ID! shelf: Shelf socks(of: Hue): [Sock] sock(id: ID!): Sock secret(key: ID!): Int }
    type Sock { hue: Hue shelf: Shelf }
    union Any = Shelf | Sock
    enum Hue { RED }`)
  const samples = [...sampleOperations(schema)]
  expect(samples.flatMap((text) => validate(schema, parse(text)))).toEqual([])
  expect(samples.slice(0, 4)).toEqual([
    'query { count }',
    'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id shelf { __typename id shelf { __typename id } socks { __typename hue } } } }',
    'query { any { __typename } }',
    'query { shelf { __typename id shelf { __typename id shelf { __typename id } socks { __typename hue } } socks { __typename hue shelf { __typename id } } } }',
  ])
  expect(samples).toHaveLength(12)
})
