import { type FragmentDefinitionNode, Kind, parse } from 'graphql'
import { expect, test } from 'vitest'
import { conditionVariables } from './conditions.ts'

function variablesOf(text: string): readonly string[] {
  const [definition, fragment] = parse(text).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the operation comes first')
  const fragments: Record<string, FragmentDefinitionNode> =
    fragment?.kind === Kind.FRAGMENT_DEFINITION ? { F: fragment } : {}
  return conditionVariables({ definition, fragments })
}

test.each([
  ['a Boolean', 'query ($a: Boolean! = true) { x @include(if: $a) }', ['a']],
  ['beside variables of other types', 'query ($n: Int, $a: Boolean!) { x(n: $n) @skip(if: $a) }', ['a']],
  ['beside a list', 'query ($l: [Boolean!]!, $a: Boolean!) { x(l: $l) @skip(if: $a) }', ['a']],
  ['that may be null, with a default', 'query ($a: Boolean = true) { x @include(if: $a) }', ['a']],
  ['in a fragment', 'query ($a: Boolean!) { ...F } fragment F on Query { x @skip(if: $a) }', ['a']],
  ['several times', 'query ($a: Boolean!) { x @skip(if: $a) y @include(if: $a) }', ['a']],
  ['several', 'query ($a: Boolean!, $b: Boolean!) { x @skip(if: $b) @include(if: $a) }', ['b', 'a']],
  ['a constant', 'query ($a: Boolean) { x(a: $a) @skip(if: false) }', []],
  ['of another directive', 'query ($a: Boolean!) { x @slow(if: $a) }', []],
])('the variables of conditions are those in `@skip` and `@include`: %s', (_, text, names) => {
  expect(variablesOf(text)).toEqual(names)
})
