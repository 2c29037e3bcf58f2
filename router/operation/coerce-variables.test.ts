import {
  buildSchema,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  parse,
  type VariableDefinitionNode,
} from 'graphql'
import { describe, expect, test } from 'vitest'
import { parseExactly } from '../json/exact-json.ts'
import { exactNumber } from '../json/exact-number.ts'
import { coerceVariables } from './coerce-variables.ts'
import { variableErrors } from './variable-errors.ts'

const SCHEMA = buildSchema(`
  type Query { sock(a: Int): String, price: Float }
  enum Kind { A B }
  scalar Blob
  input Filter {
    int: Int
    text: String! = "x"
    need: Boolean!
    kinds: [Kind!] = [A]
    blob: Blob
    inner: Filter
    list: [Filter!]
  }
  input Inherited { constructor: Int toString: String = "s" valueOf: Boolean! }
  input Loose { int: Int }
  input Key @oneOf { id: ID name: String }`)

const TYPES = [
  ...[
    'Int',
    'Int!',
    'Float',
    'String!',
    'Boolean',
    'ID',
    'Kind',
    'Blob',
    'Filter',
    'Filter!',
    'Key',
    'Loose',
  ],
  ...['[Int]', '[Int!]!', '[[Int!]]', '[Kind!]', '[Filter!]', '[Key]', '[Blob]', '[[[ID]]]'],
]

const VALUES = [
  ...[null, 0, 1.5, -3, 2 ** 40, true, '', 'A', 'B', 'C', [], [1, null], [[1], 2, [null]], ['A', 'A'], {}],
  ...[{ need: true }, { need: false, int: 3, text: null }, { need: true, kinds: 'B', blob: { a: [1] } }],
  ...[
    { need: true, unknown: 1, intt: 2 },
    { need: true, inner: { need: true, list: { need: false } } },
  ],
  ...[
    { need: true, list: [{ need: true }, { need: null }] },
    { need: true, constructor: 4 },
  ],
  ...[{ id: 1 }, { id: null }, { id: 1, name: 'a' }, { name: 'n' }, [{ id: 1 }, { name: 2 }], [{}, []]],
  ...[
    { need: true, int: 'x', kinds: ['C', 1], inner: [], list: [1, { need: 'x' }] },
    Array(30).fill('wrong'),
  ],
  Array(11).fill('wrong'),
  ...[[[[], {}]], [[[1], { a: 1 }]]],
  JSON.parse('{"need":true,"__proto__":{"a":1}}'),
]

function definitionsIn(text: string): readonly VariableDefinitionNode[] {
  const [operation] = parse(text).definitions
  return operation?.kind === Kind.OPERATION_DEFINITION ? (operation.variableDefinitions ?? []) : []
}

function compare(schema: GraphQLSchema, text: string, given: Record<string, unknown>): void {
  const definitions = definitionsIn(text)
  const expected = getVariableValues(schema, definitions, given, { maxErrors: 20 })
  const found = coerceVariables(schema, definitions, given, 1_000)
  const where = `${text} ${JSON.stringify(given)}`
  if (expected.coerced) {
    expect([where, found]).toEqual([where, { values: expected.coerced }])
    return
  }
  expect([where, found]).toEqual([where, 'invalid'])
  const errors = variableErrors(schema, definitions, given, false)
  expect(errors.map(({ message }) => message)).toEqual(expected.errors?.map(({ message }) => message))
  expect(errors.map(({ locations }) => locations)).toEqual(expected.errors?.map(({ locations }) => locations))
}

test.each(TYPES)('values of type %s are coerced, and refused, as graphql-js does', (type) => {
  for (const value of VALUES) compare(SCHEMA, `query ($v: ${type}) { sock }`, { v: value })
  compare(SCHEMA, `query ($v: ${type}) { sock }`, {})
})

test('defaults of variables are taken where nothing was given', () => {
  const text = 'query ($a: Int = 3, $b: [Kind!]! = A, $c: Filter = { need: true }, $d: Int!) { sock }'
  compare(SCHEMA, text, { d: 1, other: 5 })
  compare(SCHEMA, text, { a: null, b: null, c: null })
  // The error is that of another variable.
  compare(SCHEMA, text, { d: 'x' })
})

test('names that every object inherits are given only where a client gives them', () => {
  const definitions = definitionsIn('query ($v: Inherited) { sock }')
  const coerce = (v: unknown) => coerceVariables(SCHEMA, definitions, { v }, 100)
  expect(coerce({ valueOf: true })).toEqual({ values: { v: { toString: 's', valueOf: true } } })
  expect(coerce({ constructor: 1 })).toBe('invalid')
  const errors = variableErrors(SCHEMA, definitions, { v: { constructor: 'x' } }, false)
  expect(errors).toHaveLength(1)
  expect(errors[0]?.message).toMatch(/"x" at "v.constructor"; Int cannot/)
  expect(variableErrors(SCHEMA, definitions, { v: { constructor: 1 } }, false)).toHaveLength(1)
})

test('a variable may have a name that every object inherits', () => {
  const definitions = definitionsIn('query ($constructor: Int, $__proto__: Int) { sock }')
  const coerce = (given: string) => {
    const coerced = coerceVariables(SCHEMA, definitions, JSON.parse(given), 100)
    if (typeof coerced === 'string') return coerced
    return ['constructor' in coerced.values, Object.entries(coerced.values)]
  }
  expect(coerce('{}')).toEqual([false, []])
  expect(coerce('{"__proto__":1}')).toEqual([false, [['__proto__', 1]]])
})

describe('a number that no double holds', () => {
  const given = (text: string) => parseExactly(text)
  const NONE = 'invalid'
  test.each<[type: string, ...values: unknown[]]>([
    ['Int', NONE, 0, NONE, NONE],
    ['Float', exactNumber('9007199254740993'), exactNumber('-0'), NONE, exactNumber('1e-400')],
    ['ID', '9007199254740993', '0', `1${'0'.repeat(400)}`, NONE],
    ['String', NONE, NONE, NONE, NONE],
    ['Boolean', NONE, NONE, NONE, NONE],
    ['Kind', NONE, NONE, NONE, NONE],
    ['Blob', ...['9007199254740993', '-0', '1e400', '1e-400'].map(exactNumber)],
  ])('of type %s', (type, ...values) => {
    const definitions = definitionsIn(`query ($v: ${type}) { sock }`)
    for (const [index, text] of ['9007199254740993', '-0', '1e400', '1e-400'].entries()) {
      const found = coerceVariables(SCHEMA, definitions, { v: given(text) }, 100)
      const errors = variableErrors(SCHEMA, definitions, { v: given(text) }, false)
      const messages = errors.map(({ message }) => message)
      if (values[index] === NONE) {
        expect([text, found]).toEqual([text, NONE])
        expect(messages).toEqual([
          `Variable "$v" got invalid value ${text}; ${type === 'Kind' ? 'Enum "Kind"' : type} cannot represent it exactly.`,
        ])
      } else expect([text, found]).toEqual([text, { values: { v: values[index] } }])
    }
  })
})

test('an error is that of the wrong value, not of a number beside it that no double holds', () => {
  const errors = (type: string, text: string) =>
    variableErrors(SCHEMA, definitionsIn(`query ($v: ${type}) { sock }`), { v: parseExactly(text) }, false)
  expect(errors('[Float]', '[1e-400, "x", -0]').map(({ message }) => message)).toEqual([
    'Variable "$v" got invalid value "x" at "v[1]"; Float cannot represent non numeric value: "x"',
  ])
  const coerce = (text: string) =>
    coerceVariables(SCHEMA, definitionsIn('query ($v: [Float]) { sock }'), { v: parseExactly(text) }, 100)
  expect([coerce('["x", 1e-400]'), coerce('[1e-400, "x"]')]).toEqual(['invalid', 'invalid'])
})

test('suggestions are hidden on request', () => {
  const messages = [true, false].map((hides) => {
    const definitions = definitionsIn('query ($v: Filter) { sock }')
    return variableErrors(SCHEMA, definitions, { v: { need: true, intt: 2 } }, hides)[0]?.message
  })
  const message =
    'Variable "$v" got invalid value { need: true, intt: 2 }; Field "intt" is not defined by type "Filter".'
  expect(messages).toEqual([message, `${message} Did you mean "int"?`])
})

describe('values are bounded', () => {
  const coerce = (type: string, v: unknown, limit: number) =>
    coerceVariables(SCHEMA, definitionsIn(`query ($v: ${type}) { sock }`), { v }, limit)
  test.each([
    ['[Int]', [1, 2, 3], 4],
    ['[[[Int]]]', 1, 4],
    // The object, what it says, and two defaults.
    ['Filter', { need: true }, 4],
    ['[Filter]', [{ need: true }, null], 6],
    ['Blob', [[1, 2], [3]], 1],
  ])('%s of %j: %d', (type, value, count) => {
    expect(coerce(type, value, count)).toHaveProperty('values')
    expect(coerce(type, value, count - 1)).toBe('too-many')
  })

  test('also behind a value that is wrong', () => {
    expect(coerce('[Int]', ['wrong', ...Array(100).fill(1)], 50)).toBe('too-many')
    expect(coerce('[Int]', ['wrong', ...Array(100).fill(1)], 200)).toBe('invalid')
  })
})

test('a message prints a thousand characters of a value', () => {
  const definitions = definitionsIn('query ($v: Boolean) { sock }')
  const [error] = variableErrors(SCHEMA, definitions, { v: Array(10).fill('x'.repeat(5_000)) }, false)
  const printed = /got invalid value (.*?); Boolean/.exec(error?.message ?? '')?.[1]
  expect(printed).toBe(`["${'x'.repeat(997)}…`)
})

test('messages stay short, whatever they are about', () => {
  const long = 'x'.repeat(100_000)
  const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 1]))
  for (const [type, value] of [
    ['Int', long],
    ['Kind', long],
    ['[Kind]', Array(20).fill(long)],
    ['Filter', { [long]: 1 }],
    ['Filter', keys],
    ['Filter', { need: true, list: [keys, { ...keys, [long]: long }] }],
    ['Int', [[long, long], { a: keys }]],
  ] as const) {
    const definitions = definitionsIn(`query ($v: ${type}) { sock }`)
    const messages = variableErrors(SCHEMA, definitions, { v: value }, false).map(({ message }) => message)
    expect(messages.length).toBeGreaterThan(0)
    for (const message of messages) {
      expect(message.length).toBeLessThanOrEqual(3_000)
      expect(message).toMatch(/^(Variable "\$v" got invalid value|Too many errors)/)
    }
  }
})
