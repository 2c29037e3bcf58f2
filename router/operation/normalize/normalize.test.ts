import { buildSchema, Kind, parse, print } from 'graphql'
import { describe, expect, test } from 'vitest'
import { dataKeys } from '../response-keys.ts'
import { normalForm } from './normalize.ts'

const SCHEMA = buildSchema(`
  directive @slow on FIELD
  type Query { product(id: ID): Product node: Node all(first: Int, in: [In]): [Product] query: Query }
  input In { a: [Int] b: In }
  type Mutation { add: Int buy: Product }
  interface Node { id: ID! owner: Node tags: [String] }
  type Product implements Node { id: ID! owner: User tags: [String!] price(currency: String): Int name: String _name_0: String }
  type User implements Node { id: ID! owner: Node tags: [String] name: String! }`)

function normal(text: string) {
  const [definition, ...rest] = parse(text).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the operation comes first')
  const fragments = Object.fromEntries(
    rest.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  )
  const keys = dataKeys(SCHEMA)
  const operation = normalForm({ definition, fragments }, SCHEMA, keys)
  const printed = operation && print(operation.definition).replace(/\s+/g, ' ')
  return { text: printed, keys }
}

describe('normal form', () => {
  test.each([
    ['keeps plain fields as they are', '{ node { id } }', '{ node { id } }'],
    [
      'gives aliased fields and fields with arguments keys of their own',
      '{ product(id: 1) { id: name price(currency: "EUR") p: price name } }',
      '{ _product_0: product(id: 1) { _name_1: name _price_0: price(currency: "EUR") _price_1: price name } }',
    ],
    [
      'gives one key to one field, wherever it is, whatever the order of arguments',
      '{ product { price(currency: "EUR") } all { price(currency: "EUR") } }',
      '{ _product_0: product { _price_0: price(currency: "EUR") } _all_0: all { _price_0: price(currency: "EUR") } }',
    ],
    [
      'distinguishes fields of one name and two shapes',
      '{ node { ... on Product { name } ... on User { n: name } } }',
      '{ node { __typename ... on Product { name } ... on User { _name_1: name } } }',
    ],
    [
      'gives the fields of a fragment its conditions beside their own',
      'query ($a: Boolean!, $b: Boolean!) { ... @include(if: $a) { node @skip(if: $b) @slow { id } } }',
      'query ($a: Boolean!, $b: Boolean!) { _node_0: node @include(if: $a) @skip(if: $b) @slow { id } }',
    ],
    [
      'inlines fragments and asks the type that they narrow, once',
      '{ node { ...F } } fragment F on Node { ... on User { id } id }',
      '{ node { __typename ... on Node { ... on User { id } id } } }',
    ],
    [
      'asks the type where some objects are null in fewer places than their interface says',
      '{ node { owner { tags } } }',
      '{ node { owner { __typename tags } } }',
    ],
    [
      'asks it for the first of several fields too',
      '{ node { tags id } }',
      '{ node { __typename tags id } }',
    ],
    ['asks it for the last one too', '{ node { id tags } }', '{ node { __typename id tags } }'],
    [
      'asks it for a field in a fragment too',
      '{ node { ... on Node { tags } id } }',
      '{ node { __typename ... on Node { tags } id } }',
    ],
    [
      'leaves introspection out, and selections never empty',
      '{ __schema { queryType { name } } query { __type(name: "X") { name } } }',
      '{ query { __typename } }',
    ],
    [
      'decides constants, and what surrounds decides',
      `query ($a: Boolean!) { x: node @skip(if: true) { id } node @include(if: $a) { id @include(if: $a)
        owner @skip(if: $a) { id } ... @include(if: true) { id } } }`,
      'query ($a: Boolean!) { node @include(if: $a) { id ... on Node { id } } }',
    ],
    [
      'keeps variables wherever they are used',
      'query ($v: Int, $w: Int, $x: Boolean!, $y: Int) { all(in: [{ a: [1, $v] }, { b: { a: $w } }]) { ... @skip(if: $x) { id } } }',
      'query ($v: Int, $w: Int, $x: Boolean!) { _all_0: all(in: [{a: [1, $v]}, {b: {a: $w}}]) { __typename ... on Product @skip(if: $x) { id } } }',
    ],
    [
      'gives a mutation each field once, in the first place, whatever fragments it stands in',
      'mutation { buy { id } add ... { add buy { name } } b: buy { id } ...F } fragment F on Mutation { buy { tags } }',
      'mutation { buy { id name tags } add _buy_0: buy { id } }',
    ],
    [
      'gives a field the condition of its fragment by the fragment where it has another of that kind',
      'query ($a: Boolean!, $b: Boolean!) { ... @include(if: $a) { node @include(if: $b) @slow { id } } }',
      'query ($a: Boolean!, $b: Boolean!) { ... on Query @include(if: $a) { _node_0: node @include(if: $b) @slow { id } } }',
    ],
    [
      'asks for something that no condition leaves out, in fragments too',
      'query ($a: Boolean!) { node { ... on Node { id @skip(if: $a) } } }',
      'query ($a: Boolean!) { node { __typename ... on Node { id @skip(if: $a) } } }',
    ],
    [
      'asks for nothing more where a fragment applies to every object',
      '{ product { ... on Node { id } } }',
      '{ _product_0: product { ... on Node { id } } }',
    ],
    ['drops variables that nothing uses', 'query ($a: Boolean!, $i: ID) { node { id } }', '{ node { id } }'],
  ])('%s', (_, text, result) => {
    expect(normal(text).text).toBe(result)
  })

  test.each([
    '{ __typename t: __typename }',
    'mutation { ...F } fragment F on Mutation { __typename }',
    '{ __schema { queryType { name } } }',
    'query ($a: Boolean!) { node @include(if: $a) @skip(if: $a) { id } }',
  ])('of %s is nothing', (text) => {
    expect(normal(text).text).toBeNull()
  })

  test('knows the client’s name of each key', () => {
    const { keys } = normal('{ p: product(id: 1) { id } }')
    expect(['_product_0', 'id', '_internal'].map(keys.responseNameOf)).toEqual(['p', 'id', '_internal'])
  })
})
