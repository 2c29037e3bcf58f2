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
  expect(samples.slice(4).map((text) => text.match(/shelf /g)?.length ?? 0)).toEqual([0, 4, 0, 7, 0, 1, 0, 2])
})

test('a sample has ten leaves and two objects of an object at most', () => {
  const names = Array.from({ length: 11 }, (_, index) => `f${index}`)
  const schema = buildSchema(`type Query { wide: Wide }
    type Wide { ${names.map((name) => `${name}: Int`).join(' ')} a: Sock b: Sock c: Sock } type Sock { hue: Int }`)
  const sock = '{ __typename hue }'
  expect([...sampleOperations(schema)][0]).toBe(
    `query { wide { __typename ${names.slice(0, 10).join(' ')} a ${sock} b ${sock} } }`,
  )
})
