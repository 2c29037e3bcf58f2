import { GraphQLError } from 'graphql'
import { expect, test } from 'vitest'
import { badUserInput, forbidden, formatErrors, rateLimited, unauthenticated } from './errors.ts'

/**
 * The response's errors for an error thrown by the resolver of `cart.total`, and the errors that were logged
 * as bugs.
 */
function format(thrown: unknown) {
  const bugs: unknown[] = []
  const original = thrown instanceof Error ? thrown : new Error(String(thrown))
  const path = ['thing', 'size']
  const located = new GraphQLError(original.message, { path, originalError: original })
  const formatted = {
    ...located.toJSON(),
    extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: ['at x'] },
  }
  return { wire: formatErrors((bug) => bugs.push(bug))(formatted, located), bugs }
}

test.each([
  [unauthenticated(), { code: 'UNAUTHENTICATED' }, 'Sign in first.'],
  [forbidden(), { code: 'FORBIDDEN' }, 'You are not allowed to do this.'],
  [badUserInput('size is 99'), { code: 'BAD_USER_INPUT' }, 'size is 99'],
  [rateLimited(30), { code: 'RATE_LIMITED', retryAfterSeconds: 30 }, 'Too many attempts: try again in 30 s.'],
])('%s keeps its message and code, and is no bug', (error, extensions, message) => {
  const { wire, bugs } = format(error)
  expect(JSON.parse(JSON.stringify(wire))).toEqual({ message, path: ['thing', 'size'], extensions })
  expect(bugs).toEqual([])
})

test.each([
  new Error('relation "thing" does not exist'),
  new TypeError("Cannot read properties of undefined (reading 'secret')"),
  new GraphQLError('a code of our own making', { extensions: { code: 'SECRET_CODE', hint: 'secret' } }),
  new GraphQLError('without a code: secret'),
])('%s is masked and logged as it is', (error) => {
  const { wire, bugs } = format(error)
  expect(wire).toEqual({
    message: 'Internal server error.',
    path: ['thing', 'size'],
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  })
  expect(bugs).toEqual([error])
})

test.each([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
])('a fault of the request, %s, is bad input with its message and place', (code) => {
  const place = { message: 'what is wrong', path: ['thing'], locations: [{ line: 1, column: 3 }] }
  const formatted = { ...place, extensions: { code, stacktrace: ['at x'] } }
  const wire = formatErrors(() => expect.unreachable())(formatted, new Error('what is wrong'))
  expect(wire).toEqual({ ...place, extensions: { code: 'BAD_USER_INPUT' } })
})

test('a bad argument that graphql-js reports without a code is bad input; within a field it is a fault', () => {
  const format = (error: Error, path?: string[]) => {
    const bugs: unknown[] = []
    const wire = formatErrors((bug) => bugs.push(bug))({ message: error.message, path }, error)
    return { code: wire.extensions?.code, bugs }
  }
  const faulty = (bug: Error) => ({ code: 'INTERNAL_SERVER_ERROR', bugs: [bug] })
  expect(format(new GraphQLError('bad'))).toEqual({ code: 'BAD_USER_INPUT', bugs: [] })
  const inField = new GraphQLError('bad')
  expect(format(inField, ['thing'])).toEqual(faulty(inField))
  const wrapped = new GraphQLError('secret', { originalError: new Error('secret') })
  expect(format(wrapped)).toEqual(faulty(wrapped))
  const other = new TypeError('secret')
  expect(format(other)).toEqual(faulty(other))
})

test.each(['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED'])('%s keeps its code', (code) => {
  const error = new GraphQLError('what is wrong', { extensions: { code } })
  const wire = formatErrors(() => expect.unreachable())(error.toJSON(), error)
  expect(wire).toEqual({ message: 'what is wrong', extensions: { code } })
})

test('an outage of the database is logged, and told without its words as what may be repeated', () => {
  const outage = new Error('Connection terminated unexpectedly')
  const { wire, bugs } = format(outage)
  expect(wire).toEqual({
    message:
      'The data cannot be reached now: send the request again, a mutation with the same idempotencyKey.',
    path: ['thing', 'size'],
    extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
  })
  expect(bugs).toEqual([outage])
})
