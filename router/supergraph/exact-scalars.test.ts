import { buildSchema, GraphQLString, isScalarType, parseValue, valueFromAST } from 'graphql'
import { expect, test } from 'vitest'
import { keepExactLiterals } from './exact-scalars.ts'

const SCHEMA = buildSchema('type Query { a: Any } scalar Any')
keepExactLiterals(SCHEMA)

test.each([
  ['7', '7'],
  ['1.50', '1.5'],
  ['9007199254740993', '9007199254740993'],
  ['0.10000000000000000555', '0.10000000000000000555'],
  ['1e400', '1e400'],
  ['"9007199254740993"', '"9007199254740993"'],
  ['RED', '"RED"'],
  ['[true, false, null, [1e400]]', '[true,false,null,[1e400]]'],
  ['{ a: { b: 1e400 }, c: null, d: "x" }', '{"a":{"b":1e400},"c":null,"d":"x"}'],
  ['[$given, { a: $given }]', '[12,{"a":12}]'],
])('the literal %s of a custom scalar keeps its numbers: %s', (literal, json) => {
  const type = SCHEMA.getType('Any')
  if (!isScalarType(type)) throw new Error('the schema has a scalar')
  expect(JSON.stringify(valueFromAST(parseValue(literal), type, { given: 12 }))).toBe(json)
})

test('a literal of a built-in scalar has to be of its kind', () => {
  expect(SCHEMA.getType('String')).toBe(GraphQLString)
  expect(valueFromAST(parseValue('"RED"'), GraphQLString)).toBe('RED')
  expect(valueFromAST(parseValue('RED'), GraphQLString)).toBeUndefined()
})
