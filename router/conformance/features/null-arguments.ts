import type { Feature } from '../feature.ts'

const notNull = (name: string, type = 'Int!') =>
  `Argument "${name}" of non-null type "${type}" must not be null.`

/** A nullable variable may stand at a non-null argument that has a default (5.8.5). Where it is null, the field has an error (6.4.1). */
export const nullArguments: Feature = {
  name: 'null at a non-null argument',
  subgraphs: {
    shop: {
      sdl: `
        type Query { sized(by: Int! = 3): String sure(by: Int! = 3): String! sum(of: [Int!]! = [1]): Int found(by: Filter): Int all(by: [Filter!]): Int socks: [Sock] }
        type Mutation { add(count: Int! = 1): Int }
        input Filter { least: Int! = 1, most: Int }
        type Sock @key(fields: "id") { id: ID! }`,
      query: { socks: [{ id: 'a' }, { id: 'b' }] },
      resolvers: {
        Query: {
          sized: (_, { by }) => `by ${by}`,
          sure: (_, { by }) => `by ${by}`,
          sum: (_, { of }) => of.reduce((sum: number, one: number) => sum + one, 0),
          found: (_, { by }) => by?.least ?? null,
          all: (_, { by }) => by?.length ?? null,
        },
        Mutation: { add: (_, { count }) => count },
      },
    },
    prices: {
      sdl: 'type Sock @key(fields: "id") { id: ID! price(of: Int! = 1): Int! sum(of: [Int!]! = [1]): Int name: String }',
      resolvers: { Sock: { price: (_, { of }) => of, name: ({ id }) => `sock ${id}` } },
    },
  },
  cases: [
    {
      name: 'is an error of the field alone, which no subgraph is asked for',
      operation: 'query ($x: Int) { sized(by: $x) two: sized(by: 2) }',
      variables: { x: null },
      data: { sized: null, two: 'by 2' },
      errors: [{ path: ['sized'], code: 'BAD_USER_INPUT', message: notNull('by') }],
      calls: { shop: 1 },
    },
    {
      name: 'a variable that is not given leaves the default',
      operation: 'query ($x: Int) { sized(by: $x) }',
      data: { sized: 'by 3' },
    },
    {
      name: 'a variable with a value is that value',
      operation: 'query ($x: Int) { sized(by: $x) }',
      variables: { x: 5 },
      data: { sized: 'by 5' },
    },
    {
      name: 'a variable whose own default is not null may be null at any non-null place',
      operation: 'query ($x: Int = 4) { sum(of: [1, $x]) }',
      variables: { x: null },
      data: { sum: null },
      errors: [
        { path: ['sum'], code: 'BAD_USER_INPUT', message: 'Argument "of" has invalid value [1, $x].' },
      ],
    },
    {
      name: 'a field of an input object',
      operation:
        'query ($x: Int, $y: Int) { found(by: { least: $x, most: $y }) most: found(by: { most: $y }) }',
      variables: { x: null, y: null },
      data: { found: null, most: 1 },
      errors: [{ path: ['found'], code: 'BAD_USER_INPUT' }],
    },
    {
      name: 'two variables, each at a field of its own',
      operation: 'query ($x: Int = 1, $y: Int = 2) { sum(of: [$x]) other: sum(of: [1, $y]) }',
      variables: { x: null, y: null },
      data: { sum: null, other: null },
      errors: [
        { path: ['sum'], code: 'BAD_USER_INPUT', message: 'Argument "of" has invalid value [$x].' },
        { path: ['other'], code: 'BAD_USER_INPUT', message: 'Argument "of" has invalid value [1, $y].' },
      ],
    },
    {
      name: 'one field in two places, each with a message of its own',
      operation: 'query ($x: Int = 4) { socks { sum(of: [$x]) } others: socks { sum(of: [1, $x]) } }',
      variables: { x: null },
      data: { socks: [{ sum: null }, { sum: null }], others: [{ sum: null }, { sum: null }] },
      errors: [
        ['socks', '[$x]'],
        ['others', '[1, $x]'],
      ].flatMap(([field = '', value]) =>
        [0, 1].map((index) => ({
          ...{ path: [field, index, 'sum'], code: 'BAD_USER_INPUT' },
          message: `Argument "of" has invalid value ${value}.`,
        })),
      ),
    },
    {
      name: 'a field of an input object that stands for a list of one',
      operation: 'query ($x: Int) { all(by: { least: $x }) two: all(by: [{}, { most: $x }]) }',
      variables: { x: null },
      data: { all: null, two: 2 },
      errors: [{ path: ['all'], code: 'BAD_USER_INPUT' }],
    },
    {
      name: 'the start of a long value is in the message',
      operation: `query ($x: Int = 4) { sum(of: [${'1, '.repeat(90)}$x]) }`,
      variables: { x: null },
      data: { sum: null },
      errors: [
        {
          path: ['sum'],
          code: 'BAD_USER_INPUT',
          message: `Argument "of" has invalid value [${'1, '.repeat(66)}….`,
        },
      ],
    },
    {
      name: 'of a field that is not null, which leaves nothing',
      operation: 'query ($x: Int) { sure(by: $x) }',
      variables: { x: null },
      data: null,
      errors: [{ path: ['sure'], code: 'BAD_USER_INPUT', message: notNull('by') }],
    },
    {
      name: 'of a mutation, which is not made',
      operation: 'mutation ($x: Int) { first: add add(count: $x) }',
      variables: { x: null },
      data: { first: 1, add: null },
      errors: [{ path: ['add'], code: 'BAD_USER_INPUT', message: notNull('count') }],
    },
    {
      name: 'of the objects of a list, of another subgraph',
      operation: 'query ($x: Int) { socks { name price(of: $x) } one: socks { price } }',
      variables: { x: null },
      data: { socks: [null, null], one: [{ price: 1 }, { price: 1 }] },
      errors: [0, 1].map((index) => ({
        ...{ path: ['socks', index, 'price'], code: 'BAD_USER_INPUT', message: notNull('of') },
      })),
    },
  ],
}
