import { describe, expect, test } from 'vitest'
import { composeSubgraphs } from './compose.ts'
import { type CompositionProblem, describeProblem } from './composition-problem.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])`

function problemsOf(schemas: Record<string, string>): readonly CompositionProblem[] {
  const composed = composeSubgraphs(
    Object.entries(schemas).map(([name, sdl]) => ({
      name,
      url: `http://${name}.test/graphql`,
      file: `/shop/${name}.graphql`,
      sdl: `${LINK}\n${sdl}`,
    })),
  )
  return composed.ok ? [] : composed.problems
}

describe('composing', () => {
  test('gives a supergraph that names every subgraph and its URL', () => {
    const composed = composeSubgraphs([
      {
        name: 'stock',
        url: 'http://stock.test/graphql',
        file: 'stock.graphql',
        sdl: `${LINK} type Query { left: Int }`,
      },
    ])
    expect(composed.ok && composed.sdl).toContain(
      '@join__graph(name: "stock", url: "http://stock.test/graphql")',
    )
  })

  test('a type that differs names the field, both subgraphs and both lines', () => {
    const problems = problemsOf({
      a: 'type Query { t: T }\ntype T @shareable {\n  x: Int\n}',
      b: 'type T @shareable { x: String }',
    })
    expect(problems).toMatchObject([
      {
        code: 'FIELD_TYPE_MISMATCH',
        coordinate: 'T.x',
        subgraphs: ['a', 'b'],
        places: ['/shop/a.graphql:4', '/shop/b.graphql:2'],
      },
    ])
  })

  test('a field that two subgraphs resolve without @shareable is reported with its locations', () => {
    const problems = problemsOf({ a: 'type Query { t: T } type T { x: Int }', b: 'type T { x: Int }' })
    expect(problems).toMatchObject([
      { code: 'INVALID_FIELD_SHARING', coordinate: 'T.x', subgraphs: ['a', 'b'] },
    ])
  })

  test('an unknown type names the field that uses it', () => {
    expect(problemsOf({ a: 'type Query {\n  t: Sock\n}' })).toMatchObject([
      { code: 'INVALID_GRAPHQL', coordinate: 'Query.t', subgraphs: ['a'], places: ['/shop/a.graphql:3'] },
    ])
  })

  test('a bad key, a field defined twice and an unreachable field each name their coordinate', () => {
    expect(problemsOf({ a: 'type Query { t: T } type T @key(fields: "nope") { id: ID }' })).toMatchObject([
      { code: 'KEY_INVALID_FIELDS', coordinate: 'T', subgraphs: ['a'] },
    ])
    expect(problemsOf({ a: 'type Query { t: Int t: Int }' })).toMatchObject([
      { coordinate: 'Query.t', subgraphs: ['a'] },
    ])
    const unreachable = problemsOf({
      a: 'type Query { t: T } type T @key(fields: "id") { id: ID }',
      b: 'type T @key(fields: "other") { other: ID y: Int }',
    })
    expect(unreachable).toMatchObject([
      { code: 'SATISFIABILITY_ERROR', coordinate: 'T.other', subgraphs: ['a', 'b'] },
      { code: 'SATISFIABILITY_ERROR', coordinate: 'T.y', subgraphs: ['a', 'b'] },
    ])
  })

  test('every problem is reported, also those of different subgraphs', () => {
    const problems = problemsOf({ a: 'type Query { x: Nope }', b: 'type Query { y: Nada }' })
    expect(problems.map((problem) => problem.coordinate)).toEqual(['Query.x', 'Query.y'])
    const unparsable = problemsOf({ a: 'type Query {', b: 'type {' })
    expect(
      unparsable.map(({ code, places, ...rest }) => [code, places, rest.coordinate, rest.subgraphs]),
    ).toEqual([
      ['GRAPHQL_PARSE_FAILED', ['/shop/a.graphql:2'], null, ['a']],
      ['GRAPHQL_PARSE_FAILED', ['/shop/b.graphql:2'], null, ['b']],
    ])
    expect(unparsable.map(({ message }) => message)).toEqual([
      'Syntax Error: Expected Name, found <EOF>.',
      'Syntax Error: Expected Name, found "{".',
    ])
  })

  test('two subgraphs of one name are a problem, not a crash', () => {
    const twin = { name: 'a', url: 'http://a.test/', file: 'a.graphql', sdl: 'type Query { x: Int }' }
    expect(composeSubgraphs([twin, twin])).toMatchObject({
      ...{
        ok: false,
        problems: [{ message: expect.stringMatching(/named a already exists/), code: 'INVALID_GRAPHQL' }],
      },
    })
  })

  test('a problem is shown with its code, coordinate, subgraph, place and reason', () => {
    const [problem] = problemsOf({ a: 'type Query { t: Sock }' })
    expect(problem && describeProblem(problem)).toBe(
      'INVALID_GRAPHQL  Query.t  in a  (/shop/a.graphql:2)\n    Unknown type Sock',
    )
  })
})
