import { expect, test } from 'vitest'
import { z } from 'zod'
import { idSchema } from '../schema/ids.ts'
import {
  echo,
  guestKeySchema,
  idempotencyKeyReused,
  idempotencyKeySchema,
  notFound,
  validate,
  versionConflict,
  versionSchema,
} from './user-errors.ts'

const schema = z.object({
  idempotencyKey: idempotencyKeySchema,
  productId: idSchema('prd'),
  quantity: z.int().min(1).max(99),
  expectedVersion: versionSchema,
  title: z.string().trim().min(1).max(10).nullish(),
})
const good = {
  idempotencyKey: 'k1',
  productId: 'prd_01931b6a-5c00-7000-8000-000000000000',
  quantity: 2,
  expectedVersion: 1,
}

test('a good input comes back as the schema reads it', () => {
  expect(validate(schema, { ...good, title: ' Argyle ' })).toEqual({
    ok: true,
    value: { ...good, title: 'Argyle' },
  })
})

test.each([
  ['quantity', 0, 'quantity is 0: allowed is at least 1'],
  ['quantity', 100, 'quantity is 100: allowed is at most 99'],
  ['quantity', 1.5, 'quantity is 1.5: allowed is a value of type int'],
  [
    'productId',
    'prd_1',
    'productId is "prd_1": allowed is an id that starts with prd_ and goes on with a UUIDv7 in lower case, such as 019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d',
  ],
  ['title', 'x'.repeat(11), 'title is "xxxxxxxxxxx": allowed is at most 10 characters'],
  ['idempotencyKey', ' ', 'idempotencyKey is "": allowed is at least 1 character'],
  ['expectedVersion', 0, 'expectedVersion is 0: allowed is at least 1'],
])('%s %j is refused with the value and what is allowed', (field, value, message) => {
  const result = validate(schema, { ...good, [field]: value })
  expect(result).toMatchObject({ ok: false, errors: [{ __typename: 'ValidationError', path: [field] }] })
  expect(result.ok ? '' : result.errors[0]?.message).toBe(message)
})

test('a thing that does not exist, and a version that is not the current one, are named', () => {
  expect(notFound('order', 'ord_1', ['orderId'])).toEqual({
    __typename: 'ValidationError',
    message: 'there is no order "ord_1"',
    path: ['orderId'],
  })
  expect(versionConflict(2, 5)).toEqual({
    __typename: 'VersionConflictError',
    message: expect.stringMatching(/^expectedVersion is 2, but the current version is 5: read it again/),
    path: ['expectedVersion'],
    currentVersion: 5,
  })
  expect(idempotencyKeyReused('k1')).toEqual({
    __typename: 'IdempotencyKeyReusedError',
    message: 'idempotencyKey "k1" was used with another input: allowed is a new key, or the same input',
    path: ['idempotencyKey'],
  })
})

test('all errors are reported together', () => {
  const result = validate(schema, { ...good, quantity: -1, title: '' })
  expect(result.ok ? [] : result.errors.map((error) => error.path)).toEqual([['quantity'], ['title']])
})

test('a value of 80 characters is echoed whole, of a longer one the first 80 and its length', () => {
  expect(echo('x'.repeat(78))).toBe(`"${'x'.repeat(78)}"`)
  expect(echo('x'.repeat(79))).toBe(`"${'x'.repeat(79)}… (79 characters)`)
  expect(echo(Array(30).fill(100))).toBe(
    `${JSON.stringify(Array(30).fill(100)).slice(0, 80)}… (121 characters)`,
  )
  expect([echo(undefined), echo(null), echo(12n)]).toEqual(['missing', 'null', '12'])
  expect(echo('a\u200b\u2028\u2029\u2800\u3164b')).toBe('"a\\u{200b}\\u{2028}\\u{2029}\\u{2800}\\u{3164}b"')
  // A pair that is cut is replaced.
  expect(echo(`${'x'.repeat(78)}🧦`)).toBe(`"${'x'.repeat(78)}\ufffd… (80 characters)`)
})

test('a key of a guest has 16 characters at least, any other one', () => {
  const isTaken = (schema: typeof idempotencyKeySchema | typeof guestKeySchema, length: number) =>
    schema.safeParse('k'.repeat(length)).success
  expect([15, 16, 200, 201].map((length) => isTaken(guestKeySchema, length))).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect([0, 1, 200, 201].map((length) => isTaken(idempotencyKeySchema, length))).toEqual([
    false,
    true,
    true,
    false,
  ])
})

test('an error names the place in the input, and what its type allows', () => {
  const nested = z.object({ lines: z.array(z.object({ kind: z.enum(['A', 'B']), count: z.number() })) })
  const messagesOf = (input: unknown) => {
    const result = validate(nested, input)
    return result.ok ? [] : result.errors.map(({ message, path }) => [message, path])
  }
  expect(
    messagesOf({
      lines: [
        { kind: 'A', count: 1 },
        { kind: 'C', count: 'x' },
      ],
    }),
  ).toEqual([
    ['lines.1.kind is "C": allowed is A, B', ['lines', '1', 'kind']],
    ['lines.1.count is "x": allowed is a value of type number', ['lines', '1', 'count']],
  ])
  expect(messagesOf(null)).toEqual([['input is null: allowed is a value of type object', []]])
})

test('a key has no control characters; spaces around it are ignored', () => {
  expect(idempotencyKeySchema.parse(' k1 ')).toBe('k1')
  for (const key of ['a\0b', 'a\nb', 'a\ud800'])
    expect(idempotencyKeySchema.safeParse(key).success).toBe(false)
})
