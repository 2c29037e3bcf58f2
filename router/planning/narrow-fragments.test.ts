import { buildSchema, Kind, parse, print } from 'graphql'
import { expect, test } from 'vitest'
import { withNarrowFragments } from './narrow-fragments.ts'

const TYPES = Array.from(
  { length: 10 },
  (_, index) => `type T${index} implements Node & Wide { id: ID next: Node }`,
)
const SCHEMA =
  buildSchema(`type Query { node: Node } interface Node { id: ID next: Node } interface Other { id: ID }
  interface Wide { id: ID next: Node }
  type Alone implements Other { id: ID }
  ${TYPES.join('\n')}`)

function narrow(text: string): string {
  const [definition] = parse(text).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('an operation was expected')
  const narrowed = withNarrowFragments({ definition, fragments: {} }, SCHEMA)
  return print(narrowed.definition).replace(/\s+/g, ' ')
}

test('a fragment is one for each object that there can be', () => {
  expect(narrow('{ node { ... on T1 { id } ... on Other { id } } }')).toBe('{ node { ... on T1 { id } } }')
  expect(narrow('{ node { ... on T1 { ... on Node { id } } } }')).toBe(
    '{ node { ... on T1 { ... on T1 { id } } } }',
  )
})

test('what would multiply without end is refused', () => {
  const nested = (depth: number): string =>
    `... on Wide { next { ${depth === 0 ? 'id' : nested(depth - 1)} } }`
  expect(narrow(`{ node { ${nested(1)} } }`)).toContain('... on T9')
  expect(() => narrow(`{ node { ${nested(20)} } }`)).toThrow('more than 20000 selections')
})
