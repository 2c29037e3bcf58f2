import { buildSchema, type FragmentDefinitionNode, Kind, parse } from 'graphql'
import { expect, test } from 'vitest'
import { introspector } from './introspection.ts'

const SCHEMA = buildSchema(
  'type Query { sock: Sock } type Sock { id: ID size: Int @deprecated(reason: "old") }',
)

/** Answers the first field of an operation, as often as it is asked with variables. */
function introspecting(text: string) {
  const [definition, ...rest] = parse(text).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the operation comes first')
  const named = rest.filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
  const fragments = Object.fromEntries(named.map((node) => [node.name.value, node]))
  const nodes = definition.selectionSet.selections.filter((node) => node.kind === Kind.FIELD)
  const introspect = introspector({ definition, fragments }, SCHEMA)
  return (variables: Readonly<Record<string, unknown>> = {}) => JSON.parse(introspect(nodes, variables))
}

test('each caller gets what its own variables ask for', () => {
  const ask = introspecting(`query ($name: String!, $all: Boolean) {
    __type(name: $name) { name fields(includeDeprecated: $all) { name } }
  }`)
  const [id, size] = [{ name: 'id' }, { name: 'size' }]
  expect(ask({ name: 'Sock', all: true })).toEqual({ name: 'Sock', fields: [id, size] })
  expect(ask({ name: 'Sock', all: false })).toEqual({ name: 'Sock', fields: [id] })
  expect(ask({ name: 'Query' })).toEqual({ name: 'Query', fields: [{ name: 'sock' }] })
  expect(ask({ name: 'Shoe' })).toBeNull()
})

test('fragments are followed, and the answer is the same each time', () => {
  const ask = introspecting('{ __type(name: "Sock") { ...T } } fragment T on __Type { kind name }')
  expect([ask(), ask()]).toEqual([
    { kind: 'OBJECT', name: 'Sock' },
    { kind: 'OBJECT', name: 'Sock' },
  ])
})
