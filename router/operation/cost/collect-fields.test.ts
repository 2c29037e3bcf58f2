import { buildSchema, parse } from 'graphql'
import { expect, test } from 'vitest'
import { costOf } from '../../testing/cost-of.ts'
import { selectOperation } from '../operation.ts'
import { operationCost } from './operation-cost.ts'
import { schemaCosts } from './schema-costs.ts'

const SDL = `
  directive @slow(if: Boolean) on FIELD
  type Query { a: A thing: Thing names(first: Int): [String] @listSize(slicingArguments: ["first"]) }
  interface Node { id: ID a: A }
  type A implements Node { id: ID a: A }
  type B implements Node { id: ID a: A }
  union Thing = A | B
`
const F = 'fragment F on Node { a { id } }'
const IF = 'query ($v: Boolean!, $w: Boolean!)'

test.each<[string, string, { readonly v?: boolean; readonly w?: boolean }, number]>([
  ['neither of two conditions', `${IF} { a { ...F @include(if: $v) ...F @include(if: $w) } } ${F}`, {}, 1],
  ['the first', `${IF} { a { ...F @include(if: $v) ...F @include(if: $w) } } ${F}`, { v: true }, 2],
  ['the second', `${IF} { a { ...F @include(if: $v) ...F @include(if: $w) } } ${F}`, { w: true }, 2],
  [
    'a condition that excludes itself, met',
    `${IF} { a @include(if: $v) @skip(if: $v) { id } names(first: 1) @skip(if: $w) }`,
    { v: true },
    0,
  ],
  [
    'a condition that excludes itself, not met',
    `${IF} { a @include(if: $v) @skip(if: $v) { id } names(first: 1) @skip(if: $w) }`,
    {},
    0,
  ],
  [
    'the second of two conditions, beside one under the first alone',
    `${IF} { y: a @include(if: $v) { id } x: a @include(if: $v) { id } x: a @include(if: $w) { id } }`,
    { w: true },
    1,
  ],
  [
    'one condition within another, both met',
    `${IF} { ... @include(if: $v) { a @skip(if: $w) { id } } }`,
    { v: true },
    1,
  ],
  [
    'another directive, whose argument is no condition',
    `${IF} { a @slow(if: $v) { id } b: a @slow(if: $w) { id } }`,
    { v: true },
    2,
  ],
  [
    'one condition within another, which alone is met',
    `${IF} { ... @include(if: $v) { a @include(if: $w) { id } } }`,
    { v: true },
    0,
  ],
])('a selection counts under %s', (_, text, { v = false, w = false }, cost) => {
  expect(costOf(SDL, text, { variables: { v, w } }).estimated).toBe(cost)
})

test('a fragment counts for each type within which it is spread', () => {
  const text = `{ thing { ... on A { ...F } ... on B { ...F x: a { id } } } } ${F}`
  expect(costOf(SDL, text).estimated).toBe(3)
})

test('a selection of no object counts nothing', () => {
  expect(costOf(SDL, '{ thing { ... on A { ... on Node { ... on B { a { id } } } } } }').estimated).toBe(1)
})

test('a list of scalars is free, but not without its slicing argument', () => {
  expect(costOf(SDL, '{ names(first: 100) }')).toMatchObject({ estimated: 0, problem: null })
  expect(costOf(SDL, '{ names }').problem).toContain('(first), not 0')
})

test('a fragment that is spread again at one place is not followed again', () => {
  const schema = buildSchema(SDL.replaceAll(/@listSize\([^)]*\)/g, ''))
  const costs = schemaCosts(schema, schema, 10)
  let counted = 0
  const counting: typeof costs = {
    ...costs,
    fieldCost(parent, field) {
      counted++
      return costs.fieldCost(parent, field)
    },
  }
  // Followed each time, they would select a field 2^12 times.
  const fragments = Array.from({ length: 12 }, (_, i) => `fragment F${i} on A { ...F${i + 1} ...F${i + 1} }`)
  const text = `{ a { ...F0 } } ${fragments.join(' ')} fragment F12 on A { a { id } }`
  const supergraph = { clientSchema: schema } as Parameters<typeof selectOperation>[2]
  const operation = selectOperation(parse(text), undefined, supergraph)
  expect(operationCost(operation, () => operation, counting).estimate({})).toBe(2)
  expect(counted).toBeLessThan(100)
})
