import { expect, test } from 'vitest'
import { costOf } from '../../testing/cost-of.ts'

const SDL = `
  type Query { a: A any: Any refunded(of: Int @cost(weight: -30)): A bag: Bag bags: [Bag] }
  scalar Bag @cost(weight: 3)
  type A { id: ID a: A price: Int @cost(weight: 5) }
  type B { id: ID a: A price: Int @cost(weight: 9) }
  union Any = A | B
`
const DEEP = { any: { a: { a: { id: 1 } } } }

test.each<[string, string, unknown, number]>([
  [
    'a field of several types costs the most of them',
    '{ any { ... on A { price } ... on B { price } } }',
    { any: { price: 1 } },
    1 + 9,
  ],
  [
    'what any type selects below a field counts',
    '{ any { ... on A { a { a { id } } } ... on B { a { id } } } }',
    DEEP,
    3,
  ],
  [
    'a negative weight makes its own field free, and no other cheaper',
    '{ refunded(of: 1) { id } a { id } }',
    { refunded: { id: 1 }, a: { id: 2 } },
    1,
  ],
  [
    'a list within a custom scalar is one value',
    '{ bag bags }',
    { bag: [1, 2], bags: [[1, 2], 3] },
    3 + 2 * 3,
  ],
  [
    'the sum is rounded up',
    '{ __schema { queryType { name } } }',
    { __schema: { queryType: { name: 'Query' } } },
    1,
  ],
])('%s', (_, text, data, cost) => {
  expect(costOf(SDL, text).actual(data)).toBe(cost)
})

test('an argument in a variable costs its value', () => {
  const text = 'query ($of: Int) { refunded(of: $of) { id } }'
  const actual = (variables: { readonly of?: number }) =>
    costOf(SDL, text, { variables }).actual({ refunded: { id: 1 } })
  expect([actual({ of: 1 }), actual({})]).toEqual([0, 1])
})
