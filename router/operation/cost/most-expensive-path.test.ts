import { expect, test } from 'vitest'
import { costOf } from '../../testing/cost-of.ts'

const SDL = 'type Query { a: A free: A @cost(weight: 0) all: [A] } type A { id: ID a: A all: [A] }'

const nested = (levels: number): string => (levels === 0 ? 'id' : `a { ${nested(levels - 1)} }`)
const steps = (count: number) => Array(count).fill('a').join('.')
const name = (length: number) => 'n'.repeat(length)

test.each([
  ['of the first of equal fields', '{ x: a { id } y: a { id } }', 'x'],
  ['of the most expensive field', '{ x: a { id } y: a { a { id } } }', 'y.a'],
  ['with the lengths of lists', '{ all { all { id } } }', 'all×10.all×10'],
  ['of what costs nothing', '{ free { id } }', ''],
  ['of nothing', '{ __typename }', ''],
  ['of twelve fields', `{ ${nested(12)} }`, steps(12)],
  ['of more fields', `{ ${nested(13)} }`, `${steps(12)}…`],
  ['of a name of forty characters', `{ ${name(40)}: a { id } }`, name(40)],
  ['of a longer name', `{ ${name(41)}: a { id } }`, `${name(40)}…`],
])('the path %s', (_, text, path) => {
  expect(costOf(SDL, text).dearest).toBe(path)
})

test('a length is a whole number', () => {
  const { dearest } = costOf(SDL, '{ __schema { types { fields { name } } } }')
  expect(dearest).toMatch(/^__schema\.types×\d+\.fields×\d+$/)
})
