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

test('a description has no control character of a schema', () => {
  const text = describeProblem({ ...PROBLEM, message: 'A \u001b[31m name' })
  expect(text).not.toContain('\u001b')
})

const SDL = `directive @note on FIELD_DEFINITION
enum Hue {
  RED
}
type Sock {
  size: Int
  size: Int
}`

/** A problem at the first node of a kind in the schema. */
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

test.each<[kind: string, coordinate: string, line: number]>([
  ['DirectiveDefinition', '@note', 1],
  ['EnumTypeDefinition', 'Hue', 2],
  ['EnumValueDefinition', 'Hue.RED', 3],
  ['ObjectTypeDefinition', 'Sock', 5],
  ['FieldDefinition', 'Sock.size', 6],
])('a problem at a %s has the coordinate %s and its line, once', (kind, coordinate, line) => {
  expect(problemAt(kind)).toEqual({
    ...{ code: 'INVALID_GRAPHQL', message: 'It does not fit', subgraphs: ['a'], coordinate },
    places: [`shop.yaml:${line}`],
  })
})

test('of two subgraphs in one file, the one with the text is named', () => {
  const [file, url] = ['shop.yaml', 'http://a.test']
  const subgraphs = [
    { name: 'other', url, file, sdl: 'type Hat { id: ID }' },
    { name: 'own', url, file, sdl: SDL },
  ]
  expect(problemAt('FieldDefinition', subgraphs).subgraphs).toEqual(['own'])
})
