import { buildSchema, type GraphQLObjectType, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { DeniedField } from '../../operation/authorization/denied-fields.ts'
import { dataKeys } from '../../operation/response-keys.ts'
import { type Faults, markKeys, newFaults } from './field-errors.ts'
import { compileProjection } from './projection.ts'
import { requestedFields } from './requested-fields.ts'
import { newShaping } from './response-state.ts'

const SCHEMA = buildSchema(`
  type Query { sock: Sock strict: Sock! socks: [Sock!] pairs: [[Int]] wearable: Wearable any: Any again: Query change: Mutation }
  type Mutation { count: Int }
  interface Wearable { size: Int }
  type Sock implements Wearable { id: ID size: Int length: Float colour: Colour name: String! mate: Sock constructor: String valueOf: Sock }
  type Hat implements Wearable { size: Int brim: Float }
  type Mug { size: Int volume: Float }
  union Any = Sock | Hat | Mug
  enum Colour { RED GREEN }`)

/** The text and the errors of a response, from merged data. */
function projected(
  query: string,
  data: Record<string, unknown>,
  refused: Readonly<Record<string, DeniedField>> = {},
  faults: Faults | null = null,
) {
  const { definitions } = parse(query)
  // The documents of this test are one operation.
  const { selectionSet } = definitions[0] as OperationDefinitionNode
  const shaped = {
    selectionSet,
    root: SCHEMA.getQueryType() as GraphQLObjectType,
    projecting: {
      schema: SCHEMA,
      fragments: {},
      conditions: new Map<string, boolean>(),
      refusals: new Map(Object.entries(refused)),
      keys: dataKeys(SCHEMA),
      introspect: () => '{"introspected":true}',
    },
  }
  const shaping = newShaping(faults, {})
  const text = compileProjection(() => shaped)(data, shaping)
  const errors = shaping.errors.all().map(({ message, path }) => `${path?.join('.')}: ${message}`)
  return { text, errors }
}

describe('the response', () => {
  test('has the selected fields, in the order of the selection', () => {
    const data = { sock: { size: 42, name: 'left', colour: 'RED', mate: null } }
    expect(projected('{ sock { name size mate { size } } }', data).text).toBe(
      '{"sock":{"name":"left","size":42,"mate":null}}',
    )
  })

  test('has a field under its response name, once however often it is selected', () => {
    const data = { sock: { size: 42, name: 'left' } }
    expect(projected('{ sock { name } sock { name } sock { size } }', data).text).toBe(
      '{"sock":{"name":"left","size":42}}',
    )
  })

  test('has lists in lists, with their nulls', () => {
    expect(projected('{ pairs }', { pairs: [[1, null], null, []] }).text).toBe('{"pairs":[[1,null],null,[]]}')
  })

  test('has an Int of 32 bits, and null with an error for a larger one', () => {
    expect(projected('{ pairs }', { pairs: [[2_147_483_647, -2_147_483_648]] })).toEqual({
      text: '{"pairs":[[2147483647,-2147483648]]}',
      errors: [],
    })
    const { text, errors } = projected('{ pairs }', { pairs: [[2_147_483_648, -2_147_483_649]] })
    expect([text, errors.length]).toEqual(['{"pairs":[[null,null]]}', 2])
  })

  // Encoded as UTF-8, half of a surrogate pair would become another character.
  test.each(['"', '\\', '\n', '\u0000', '\u001f', '\ud800', '\udfff', 'é \u007f \u2028 🧦'])(
    'has a text as JSON: %j',
    (name) => {
      expect(projected('{ sock { name } }', { sock: { name } }).text).toBe(JSON.stringify({ sock: { name } }))
    },
  )

  test('has of an object what is selected for its type', () => {
    const query = '{ wearable { size ... on Sock { colour } ... on Hat { brim } } }'
    const of = (wearable: object) => projected(query, { wearable: { ...wearable } }).text
    expect(of({ __typename: 'Sock', size: 1, colour: 'RED' })).toBe('{"wearable":{"size":1,"colour":"RED"}}')
    expect(of({ __typename: 'Hat', size: 2, brim: 1.5 })).toBe('{"wearable":{"size":2,"brim":1.5}}')
  })

  test('has of an object of a union what is selected for an interface that it is of', () => {
    const query = '{ any { ... on Wearable { size } ... on Mug { volume } } }'
    const of = (any: object) => projected(query, { any: { ...any } }).text
    expect(of({ __typename: 'Sock', size: 1 })).toBe('{"any":{"size":1}}')
    expect(of({ __typename: 'Mug', size: 2, volume: 1.5 })).toBe('{"any":{"volume":1.5}}')
  })

  test.each([
    ['again', 'pairs'],
    ['change', 'count'],
  ])('has an object of a root type, whatever its subgraph calls that type: %s', (field, below) => {
    const data = { [field]: { __typename: 'ShopRoot', [below]: null } }
    expect(projected(`{ ${field} { ${below} } }`, data)).toEqual({
      text: `{"${field}":{"${below}":null}}`,
      errors: [],
    })
  })

  test.each(['sock', 'wearable'])('has an object whose type is sent as null: %s', (field) => {
    const data = { [field]: { __typename: null, size: 1 } }
    expect(projected(`{ ${field} { size } }`, data)).toEqual({ text: `{"${field}":{"size":1}}`, errors: [] })
  })

  test('has nothing that every object inherits', () => {
    expect(projected('{ sock { size constructor valueOf { size } } }', { sock: {} })).toEqual({
      text: '{"sock":{"size":null,"constructor":null,"valueOf":null}}',
      errors: [],
    })
  })

  test('takes introspection from the schema', () => {
    expect(projected('{ __schema { description } }', {}).text).toBe('{"__schema":{"introspected":true}}')
  })
})

describe('null', () => {
  test('stands for what no subgraph sent', () => {
    expect(projected('{ sock { size } }', {})).toEqual({ text: '{"sock":null}', errors: [] })
  })

  test('in a non-null field makes the object around it null, with an error', () => {
    expect(projected('{ sock { name } }', { sock: { name: null } })).toEqual({
      text: '{"sock":null}',
      errors: ['sock.name: Cannot return null for non-nullable field Sock.name.'],
    })
  })

  test('has no error of its own where a fetch failed and the value was never sent', () => {
    const after = (sock: object) =>
      projected('{ sock { name } }', { sock }, {}, newFaults({ responseNameOf: (key) => key }))
    expect(after({})).toEqual({ text: '{"sock":null}', errors: [] })
    expect(after({ name: null }).errors).toEqual([
      'sock.name: Cannot return null for non-nullable field Sock.name.',
    ])
  })

  test('has the error of the fetch that failed where a non-null field or a type is its', () => {
    const after = (query: string, data: Record<string, Record<string, unknown>>, key: string) => {
      const faults = newFaults({ responseNameOf: (name) => name })
      const fault = { message: 'no', extensions: {}, ofFetch: true, fallback: null, roots: [], pending: null }
      for (const object of Object.values(data))
        markKeys(faults, object, requestedFields(`{${key}}`), { ...fault, places: 0 })
      return projected(query, data, {}, faults)
    }
    expect(after('{ sock { name } }', { sock: { name: null } }, 'name')).toEqual({
      text: '{"sock":null}',
      errors: ['sock.name: no'],
    })
    expect(after('{ any { ... on Sock { size } } }', { any: { size: 1 } }, '__typename')).toEqual({
      text: '{"any":null}',
      errors: ['any: no'],
    })
  })

  test('goes up to the next nullable field, and at last to all of data', () => {
    const socks = [{ name: 'left' }, { name: null }]
    expect(projected('{ socks { name } }', { socks })).toEqual({
      text: '{"socks":null}',
      errors: ['socks.1.name: Cannot return null for non-nullable field Sock.name.'],
    })
    expect(projected('{ strict { name } }', { strict: { name: null } }).text).toBeNull()
  })

  test.each([
    ['sock', { name: null }],
    ['socks', [{ name: null }]],
  ])('that went up leaves the paths of later errors as they are: %s', (field, value) => {
    const { errors } = projected(`{ ${field} { name } pairs }`, { [field]: value, pairs: [['x']] })
    expect(errors.at(-1)).toMatch(/^pairs\.0\.0: /)
  })
})

describe('a value that does not fit', () => {
  test.each([
    [
      'a text where an integer belongs',
      '{ sock { size } }',
      { sock: { size: 'large' } },
      '{"sock":{"size":null}}',
      'sock.size',
    ],
    [
      'true where an ID belongs',
      '{ sock { id } }',
      { sock: { id: true } },
      '{"sock":{"id":null}}',
      'sock.id',
    ],
    [
      'a fraction where an ID belongs',
      '{ sock { id } }',
      { sock: { id: 1.5 } },
      '{"sock":{"id":null}}',
      'sock.id',
    ],
    [
      'a text where a Float belongs',
      '{ sock { length } }',
      { sock: { length: '1.5' } },
      '{"sock":{"length":null}}',
      'sock.length',
    ],
    [
      'a value that the enum lacks',
      '{ sock { colour } }',
      { sock: { colour: 'BLUE' } },
      '{"sock":{"colour":null}}',
      'sock.colour',
    ],
    ['a text where an object belongs', '{ sock { size } }', { sock: 'left' }, '{"sock":null}', 'sock'],
    [
      'an object where a list belongs',
      '{ socks { name } }',
      { socks: { name: 'left' } },
      '{"socks":null}',
      'socks',
    ],
    [
      'an object of a type that is no member',
      '{ any { ... on Sock { size } } }',
      { any: { __typename: 'Query' } },
      '{"any":null}',
      'any',
    ],
    [
      'an object whose type is asked for and not known',
      '{ wearable { __typename size } }',
      { wearable: { size: 1 } },
      '{"wearable":null}',
      'wearable.__typename',
    ],
    [
      'an object whose type is not known',
      '{ any { ... on Sock { size } } }',
      { any: { size: 1 } },
      '{"any":null}',
      'any',
    ],
  ])('is null with an error: %s', (_, query, data, text, path) => {
    const found = projected(query, data)
    expect(found.text).toBe(text)
    expect(found.errors).toEqual([expect.stringMatching(new RegExp(`^${path}: `))])
  })

  test.each([
    [
      '{ sock { size } }',
      { sock: { __typename: 'Hat' } },
      'sock: Invalid type name for field Query.sock was found.',
    ],
    [
      '{ any { ... on Sock { size } } }',
      { any: { __typename: 'Query' } },
      'any: Invalid type name for field Query.any was found.',
    ],
    [
      '{ any { ... on Sock { size } } }',
      { any: {} },
      'any: Invalid type name for field Query.any was found.',
    ],
    ['{ any { ... on Sock { size } } }', { any: 1 }, 'any: Invalid value for field Query.any was found.'],
    [
      '{ a: sock { b: size } }',
      { _sock_0: { _size_0: 'x' } },
      'a.b: Invalid value for field Sock.size was found.',
    ],
    [
      '{ pairs }',
      { pairs: [['x']] },
      'pairs.0.0: Invalid value for element of element of field Query.pairs was found.',
    ],
  ])('has an error that names the field: %s of %j', (query, data, error) => {
    expect(projected(query, data).errors).toEqual([error])
  })

  test('is not the name of something that every object has', () => {
    const schemaNames = '{ sock { name } }'
    expect(projected(schemaNames, { sock: JSON.parse('{"__proto__":{"name":"x"}}') }).text).toBe(
      '{"sock":null}',
    )
  })
})

test('a denied field is null with its own error, and null in what is around it where it is non-null', () => {
  const denied = { responseName: '__refused_0', code: 'FORBIDDEN', message: 'no', nonNull: false } as const
  const query = '{ sock { size __refused_0: __typename } }'
  const of = (refusal: DeniedField) => ({ __refused_0: refusal })
  expect(projected(query, { sock: { size: 1 } }, of(denied))).toEqual({
    text: '{"sock":{"size":1,"__refused_0":null}}',
    errors: ['sock.__refused_0: no'],
  })
  expect(projected(query, { sock: { size: 1 } }, of({ ...denied, nonNull: true })).text).toBe('{"sock":null}')
  const twice = '{ sock { size __refused_0: __typename } sock { __refused_0: __typename } }'
  expect(projected(twice, { sock: { size: 1 } }, of(denied))).toEqual(
    projected(query, { sock: { size: 1 } }, of(denied)),
  )
})

test.each([
  '... on Sock { __refused_0: __typename } ... on Wearable { size }',
  '... on Wearable { size } ... on Sock { __refused_0: __typename }',
])('a field that is denied by one of two types, by which it is selected, is shown: %s', (selection) => {
  const __refused_0 = { responseName: 'size', code: 'FORBIDDEN', message: 'no', nonNull: false } as const
  expect(
    projected(`{ any { ${selection} } }`, { any: { __typename: 'Sock', size: 1 } }, { __refused_0 }),
  ).toEqual({
    text: '{"any":{"size":1}}',
    errors: [],
  })
})

test.each([
  ['{ sock { __refused_0: __typename } }', 'sock: no'],
  ['{ __refused_0: __typename }', 'undefined: no'],
])('the error of a denied object is at that object, and that of the root has no path: %s', (query, error) => {
  const refusal = { responseName: 'size', code: 'FORBIDDEN', message: 'no', nonNull: true, isOfObject: true }
  expect(projected(query, { sock: {} }, { __refused_0: { ...refusal, code: 'FORBIDDEN' } }).errors).toEqual([
    error,
  ])
})
