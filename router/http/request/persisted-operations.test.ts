import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { HttpError } from '../http-error.ts'
import { persistedOperations } from './persisted-operations.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function newClient() {
  const operationText = persistedOperations({ texts: 10, characters: 1_000 })
  return (query: string | undefined, sha256Hash: string) =>
    operationText({
      query,
      operationName: undefined,
      variables: {},
      extensions: { persistedQuery: { version: 1, sha256Hash } },
    })
}

test('a text with a lone surrogate does not take the place of the one that hashes alike', () => {
  const send = newClient()
  const [whole, half] = ['{ a(b: "\uFFFD") }', '{ a(b: "\uD800") }']
  expect(sha256(half)).toBe(sha256(whole))
  expect(send(whole, sha256(whole))).toBe(whole)
  expect(() => send(half, sha256(half))).toThrow(/surrogate/)
  expect(send(undefined, sha256(whole))).toBe(whole)
})

test('texts are kept up to their number and their characters, those used last', () => {
  const send = newClient()
  const texts = Array.from({ length: 11 }, (_, place) => `{ a${place} }`)
  for (const text of texts.slice(0, 10)) send(text, sha256(text))
  // A text that is requested again stays for longer.
  expect(send(undefined, sha256('{ a0 }'))).toBe('{ a0 }')
  expect(send('{ a1 }', sha256('{ a1 }'))).toBe('{ a1 }')
  for (const text of texts.slice(10)) send(text, sha256(text))
  expect(() => send(undefined, sha256('{ a2 }'))).toThrow('PersistedQueryNotFound')
  for (const text of ['{ a0 }', '{ a1 }', '{ a3 }']) expect(send(undefined, sha256(text))).toBe(text)
  const long = `{ a(b: "${'x'.repeat(980)}") }`
  send(long, sha256(long))
  expect(send(undefined, sha256(long))).toBe(long)
  expect(() => send(undefined, sha256('{ a10 }'))).toThrow('PersistedQueryNotFound')
})

test('a hash is the same in capitals', () => {
  const send = newClient()
  expect(send('{ a }', sha256('{ a }').toUpperCase())).toBe('{ a }')
  expect(send(undefined, sha256('{ a }'))).toBe('{ a }')
})

const HASH = sha256('{ a }')

type Refused = [
  what: string,
  query: string | undefined,
  persistedQuery: unknown,
  status: number,
  message: string,
]

test.each<Refused>([
  ['nothing', undefined, undefined, 400, 'must have a non-empty `query` or `extensions.persistedQuery`.'],
  ['an empty query', '', null, 400, 'must have a non-empty `query` or `extensions.persistedQuery`.'],
  ['an unknown hash', undefined, { version: 1, sha256Hash: HASH }, 200, 'PersistedQueryNotFound'],
  ['an empty query and an unknown hash', '', { version: 1, sha256Hash: HASH }, 200, 'PersistedQueryNotFound'],
  ...[
    'text',
    [],
    {},
    { sha256Hash: HASH },
    { version: 2, sha256Hash: HASH },
    { version: '1', sha256Hash: HASH },
    { version: 1 },
    { version: 1, sha256Hash: 7 },
    { version: 1, sha256Hash: [HASH] },
    { version: 1, sha256Hash: HASH.slice(1) },
    { version: 1, sha256Hash: `${HASH}0` },
    { version: 1, sha256Hash: HASH.replace(/^./, 'g') },
  ].map((wrong): Refused => {
    const message = '`persistedQuery` must be { "version": 1, "sha256Hash": 64 hexadecimal digits }.'
    return [JSON.stringify(wrong), '{ a }', wrong, 400, message]
  }),
  [
    'the hash of another text',
    '{ b }',
    { version: 1, sha256Hash: HASH },
    400,
    `The sha256Hash does not match the query, whose hash is ${sha256('{ b }')}.`,
  ],
])('a request with %s is refused', (_, query, persistedQuery, status, message) => {
  const operationText = persistedOperations({ texts: 10, characters: 1_000 })
  const code = status === 200 ? 'PERSISTED_QUERY_NOT_FOUND' : 'BAD_USER_INPUT'
  let thrown: unknown
  try {
    operationText({ query, operationName: undefined, variables: {}, extensions: { persistedQuery } })
  } catch (error) {
    thrown = error
  }
  if (!(thrown instanceof HttpError)) throw new Error('it was not refused')
  expect([thrown.status, thrown.errors]).toEqual([
    status,
    [{ message: expect.stringContaining(message), extensions: { code } }],
  ])
})

test('a request without a hash has its own text', () => {
  const operationText = persistedOperations({ texts: 10, characters: 1_000 })
  for (const extensions of [{}, { persistedQuery: null }])
    expect(operationText({ query: '{ a }', operationName: undefined, variables: {}, extensions })).toBe(
      '{ a }',
    )
})
