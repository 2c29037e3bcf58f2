import { buildSchema, Kind, parse } from 'graphql'
import { expect, test } from 'vitest'
import { dataKeys } from './response-keys.ts'

const SCHEMA = buildSchema(`
  directive @slow(by: Int) on FIELD
  type Query { sock: Sock name: String }
  interface Named { label: String }
  type Sock implements Named { label(in: String, size: Int): String name: String size(in: String, of: Int): Int }
  type Hat implements Named { label: String name: String _name_0: String }`)

/** The keys of the fields of one selection set, and the response names of these keys. */
function keysOf(selections: string) {
  const [operation] = parse(`{ ${selections} }`).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the text is one operation')
  const keys = dataKeys(SCHEMA)
  const made = operation.selectionSet.selections.map((field) => {
    if (field.kind !== Kind.FIELD) throw new Error('the selections are fields')
    return keys.keyOf(field)
  })
  return { made, names: made.map(keys.responseNameOf) }
}

test.each<[what: string, selections: string, made: readonly string[], names: readonly string[]]>([
  ['has its own name', 'name', ['name'], ['name']],
  ['has its own name under conditions', 'name @skip(if: $v)', ['name'], ['name']],
  // A field of the supergraph has the first name that is made.
  [
    'has another one under an alias',
    'n: name n: name m: name',
    ['_name_1', '_name_1', '_name_2'],
    ['n', 'n', 'm'],
  ],
  [
    'has another one by arguments',
    'size(of: 1) size(of: 2) size',
    ['_size_0', '_size_1', '_size_2'],
    ['size', 'size', 'size'],
  ],
  [
    'has one key whatever the order of its arguments',
    'size(of: 1, in: "a") size(in: "a", of: 1)',
    ['_size_0', '_size_0'],
    ['size', 'size'],
  ],
  ['has another one if a field of that name takes arguments in any type', 'label', ['_label_0'], ['label']],
  [
    'has one key for each directive that subgraphs get',
    'name @slow(by: 1) name @slow(by: 2) name @slow(by: 1)',
    ['_name_1', '_name_2', '_name_1'],
    ['name', 'name', 'name'],
  ],
])('a field %s', (_, selections, made, names) => {
  expect(keysOf(selections)).toEqual({ made, names })
})
