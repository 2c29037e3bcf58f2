import { describe, expect, test } from 'vitest'
import type { FailureKind } from '../http-client/fetch-failure.ts'
import { answeredError, CATALOGUE, MASKED_MESSAGE, unavailable } from './subgraph-error.ts'

const FETCH = { query: '{ sock }', base: [] }
const UNREACHABLE = 'Part of the graph cannot be reached.'

test.each<[FailureKind, string, string]>([
  ['unreachable', UNREACHABLE, 'SUBGRAPH_UNAVAILABLE'],
  ['broken', UNREACHABLE, 'SUBGRAPH_UNAVAILABLE'],
  ['open', UNREACHABLE, 'SUBGRAPH_UNAVAILABLE'],
  ['status', UNREACHABLE, 'SUBGRAPH_UNAVAILABLE'],
  ['invalid', UNREACHABLE, 'SUBGRAPH_UNAVAILABLE'],
  ['too-large', UNREACHABLE, 'SUBGRAPH_UNAVAILABLE'],
  ['timeout', 'Part of the graph took too long.', 'SUBGRAPH_UNAVAILABLE'],
  [
    'request-too-large',
    'The request is too large for part of the graph: send shorter variables, or ask for fewer objects at once.',
    'BAD_USER_INPUT',
  ],
])('a fetch without an answer is one error: %s', (kind, message, code) => {
  expect(unavailable(kind, FETCH)).toEqual({ message, path: undefined, extensions: { code }, fetch: FETCH })
})

/** An error of a subgraph as it reaches the client, if its path leads to a field. */
function told(error: unknown) {
  const { message, extensions } = answeredError(error, FETCH, () => true)
  return { message, extensions }
}

const MASKED = { message: MASKED_MESSAGE, extensions: { code: 'INTERNAL_SERVER_ERROR' } }

describe('an error that a subgraph answered', () => {
  test.each([...CATALOGUE].filter((code) => code !== 'INTERNAL_SERVER_ERROR'))(
    'keeps its message, its code %s and nothing else',
    (code) => {
      const extensions = { code, stacktrace: ['at x'], sql: 'SELECT' }
      expect(told({ message: 'No.', extensions })).toEqual({ message: 'No.', extensions: { code } })
    },
  )

  test.each([
    null,
    'an error',
    {},
    { message: 'secret' },
    { message: 'secret', extensions: 'FORBIDDEN' },
    { message: 'secret', extensions: { code: 'INTERNAL_SERVER_ERROR', retryAfterSeconds: 3 } },
    { message: 'secret', extensions: { code: 'P2002' } },
    { message: 'secret', extensions: { code: ['FORBIDDEN'] } },
    { message: { secret: 1 }, extensions: { code: 'FORBIDDEN' } },
    { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 3 } },
  ])('of another kind is masked: %j', (error) => {
    expect(told(error)).toEqual(MASKED)
  })

  test.each([
    ['RATE_LIMITED', 3, { retryAfterSeconds: 3 }],
    ['RATE_LIMITED', '3', {}],
    ['FORBIDDEN', 3, {}],
  ])('of the code %s that says when to retry, by %j', (code, retryAfterSeconds, kept) => {
    const error = { message: 'No.', extensions: { code, retryAfterSeconds } }
    expect(told(error).extensions).toEqual({ code, ...kept })
  })

  test('has at most 3,000 characters', () => {
    const messageOf = (length: number) =>
      told({ message: 'x'.repeat(length), extensions: { code: 'FORBIDDEN' } }).message
    expect(messageOf(3_000)).toBe('x'.repeat(3_000))
    expect(messageOf(3_001)).toHaveLength(3_000)
  })

  test.each([
    [['sock']],
    [['socks', 0, 'size']],
    [['socks', 2 ** 31 - 1]],
    [['_entities', 0]],
    [['_entities', 0, 'size']],
    [Array(500).fill('a')],
  ])('has its path where this leads to a field', (path) => {
    const { path: kept, fetch } = answeredError({ path }, FETCH, (operation) => operation === FETCH.query)
    expect([kept, fetch]).toEqual([path, null])
    const lost = answeredError({ path }, FETCH, () => false)
    expect([lost.path, lost.fetch]).toEqual([undefined, FETCH])
  })

  test.each([
    [[]],
    ['sock'],
    [{ length: 1, 0: 'sock' }],
    [['socks', -1]],
    [['socks', 0.5]],
    [['socks', 2 ** 31]],
    [['socks', null]],
    [['_entities']],
    [['_entities', 'sock']],
    [Array(501).fill('a')],
  ])('concerns the whole fetch where its path is none: %j', (path) => {
    const { path: kept, fetch } = answeredError({ path }, FETCH, () => true)
    expect([kept, fetch]).toEqual([undefined, FETCH])
  })
})
