import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
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

test('texts are kept up to their number and their characters, the latest ones', () => {
  const send = newClient()
  const texts = Array.from({ length: 11 }, (_, place) => `{ a${place} }`)
  for (const text of texts) send(text, sha256(text))
  expect(send(undefined, sha256('{ a1 }'))).toBe('{ a1 }')
  expect(() => send(undefined, sha256('{ a0 }'))).toThrow('PersistedQueryNotFound')
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
