import { join } from 'node:path'
import { type ASTNode, GraphQLError, parse, Source, visit } from 'graphql'
import { expect, test } from 'vitest'
import { type CompositionProblem, describeProblem, problemOf } from './composition-problem.ts'

const PROBLEM: CompositionProblem = {
  ...{ code: 'SOME_CODE', message: 'It does not fit', subgraphs: [], coordinate: null, places: [] },
}

test.each<[what: string, parts: Partial<CompositionProblem>, text: string]>([
  ['of the whole schema', {}, 'SOME_CODE  the whole schema\n    It does not fit'],
  ['of a field', { coordinate: 'Sock.size' }, 'SOME_CODE  Sock.size\n    It does not fit'],
  [
    'of several subgraphs and places',
    { subgraphs: ['a', 'b'], places: ['/shop/a.graphql:1', join(process.cwd(), 'b', 'b.graphql:2')] },
    `SOME_CODE  the whole schema  in a, b  (/shop/a.graphql:1, ${join('b', 'b.graphql:2')})\n    It does not fit`,
  ],
  [
    'in several lines',
    { message: 'One\nTwo\nThree' },
    'SOME_CODE  the whole schema\n    One\n    Two\n    Three',
  ],
])('a problem %s is described', (_, parts, text) => {
  expect(describeProblem({ ...PROBLEM, ...parts })).toBe(text)
})

test.each<Partial<CompositionProblem>>([
  { message: 'A \u001b[31m name' },
  { code: 'A \u001b[31m code' },
  { subgraphs: ['a', 'b\u001b[31m'] },
  { places: ['/shop/\u001b[31m.graphql:1'] },
])('a description has no control character of a schema: %j', (parts) => {
  const text = describeProblem({ ...PROBLEM, ...parts })
  expect(text).not.toContain('\u001b')
})

test.each<[message: string, coordinate: string | null, subgraphs: readonly string[]]>([
  ['Type of "Sock.size" differs in subgraphs "a", "b" and "c"', 'Sock.size', ['a', 'b', 'c']],
  ['Argument "Sock.size(unit:)" is required in subgraph "a"', 'Sock.size', ['a']],
  ['Field "size" already exists on Sock', 'Sock.size', []],
  ['Type "Sock" is an object in subgraph "a" and an input in subgraph "b"', 'Sock', ['a', 'b']],
  ['type "Sock" has no fields', 'Sock', []],
  ['[a] It does not fit', null, ['a']],
  ['It does not fit', null, []],
])('a problem without a place is assigned by its message: %s', (message, coordinate, subgraphs) => {
  expect(problemOf(new GraphQLError(message), [])).toMatchObject({ coordinate, subgraphs, places: [] })
})

const SDL = `directive @note on FIELD_DEFINITION
enum Hue {
  RED
}
type Sock {
  size: Int
  size: Int
}
schema { query: Sock }`

/** A problem at the first node of a kind in the schema, stated twice. */
function problemAt(
  kind: string,
  subgraphs = [{ name: 'a', url: 'http://a.test', file: 'shop.yaml', sdl: SDL }],
) {
  const nodes: ASTNode[] = []
  visit(parse(new Source(SDL, 'shop.yaml')), {
    enter(node) {
      if (node.kind === kind) nodes.push(node)
    },
  })
  return problemOf(
    new GraphQLError('It does not fit', { nodes: [nodes[0], nodes[0]].filter((node) => !!node) }),
    subgraphs,
  )
}

test.each<[kind: string, coordinate: string | null, line: number]>([
  ['DirectiveDefinition', '@note', 1],
  ['EnumTypeDefinition', 'Hue', 2],
  ['EnumValueDefinition', 'Hue.RED', 3],
  ['ObjectTypeDefinition', 'Sock', 5],
  ['FieldDefinition', 'Sock.size', 6],
  ['SchemaDefinition', null, 9],
])('a problem at a %s has the coordinate %s and its line, once', (kind, coordinate, line) => {
  expect(problemAt(kind)).toEqual({
    ...{ code: 'INVALID_GRAPHQL', message: 'It does not fit', subgraphs: ['a'], coordinate },
    places: [`shop.yaml:${line}`],
  })
})

test('of two subgraphs in one file or with one text, the one with both is named', () => {
  const [file, url] = ['shop.yaml', 'http://a.test']
  const subgraphs = [
    { name: 'other', url, file, sdl: 'type Hat { id: ID }' },
    { name: 'copy', url, file: 'copy.yaml', sdl: SDL },
    { name: 'own', url, file, sdl: SDL },
  ]
  expect(problemAt('FieldDefinition', subgraphs).subgraphs).toEqual(['own'])
})

test('a problem at several places has the coordinate of the first that has one', () => {
  const { definitions } = parse(new Source(SDL, 'shop.yaml'))
  const subgraphs = [{ name: 'a', url: 'http://a.test', file: 'shop.yaml', sdl: SDL }]
  const nodes = [definitions[3], definitions[1]].filter((node) => node !== undefined)
  expect(problemOf(new GraphQLError('It does not fit', { nodes }), subgraphs)).toMatchObject({
    ...{ coordinate: 'Hue', places: ['shop.yaml:9', 'shop.yaml:2'] },
  })
})
