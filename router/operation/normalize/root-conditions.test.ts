import { Kind, parse, print } from 'graphql'
import { describe, expect, test } from 'vitest'
import { decided, rootConditions } from './root-conditions.ts'

function operationOf(text: string) {
  const [definition, ...rest] = parse(text, { noLocation: true }).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the operation comes first')
  const fragments = Object.fromEntries(
    rest.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  )
  return { definition, fragments }
}

const MUTATION = operationOf(`
  mutation ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $f: Boolean!) {
    buy @note(text: $e) @skip(if: $a) @include(if: $b) { id @include(if: $d) }
    ... @include(if: $a) { ...F @include(if: true) give @skip(if: $f) }
    ...F
  }
  fragment F on Mutation { sell @skip(if: $c) { id @skip(if: $a) } ...F2 }
  fragment F2 on Mutation { give @include(if: $c) }`)

describe('the conditions of what a mutation runs', () => {
  test('are those of its fields and of the fragments around them, and no others', () => {
    expect([...rootConditions(MUTATION)]).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
      ['f', false],
    ])
  })

  test('are none of a query, whose fields may run in any order', () => {
    expect(rootConditions(operationOf('query ($a: Boolean!) { x @skip(if: $a) }')).size).toBe(0)
  })

  test('are decided there only', () => {
    const values = new Map([
      ['a', true],
      ['b', false],
      ['c', true],
      ['e', true],
    ])
    const { definition, fragments } = decided(MUTATION, values)
    const text = [definition.selectionSet, ...Object.values(fragments)].map(print).join(' ')
    expect(text.replace(/\s+/g, ' ')).toBe(
      '{ buy @note(text: $e) @skip(if: true) @include(if: false) { id @include(if: $d) } ' +
        '... @include(if: true) { ...F @include(if: true) give @skip(if: $f) } ...F } ' +
        'fragment F on Mutation { sell @skip(if: true) { id @skip(if: $a) } ...F2 } ' +
        'fragment F2 on Mutation { give @include(if: true) }',
    )
  })
})
