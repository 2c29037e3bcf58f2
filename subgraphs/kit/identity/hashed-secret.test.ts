import { expect, test } from 'vitest'
import { hashOf, isSecretOf } from './hashed-secret.ts'

test('a secret is known by its hash, and another one is not', () => {
  const hash = hashOf('a secret')
  expect(hash).toMatch(/^[\w-]{43}$/)
  expect([isSecretOf(hash, 'a secret'), isSecretOf(hash, 'another'), isSecretOf(hash, hash)]).toEqual([
    true,
    false,
    false,
  ])
})

test('no secret belongs to a missing or malformed hash, not even the empty one', () => {
  expect([isSecretOf(null, ''), isSecretOf('', ''), isSecretOf('short', 'short')]).toEqual([
    false,
    false,
    false,
  ])
})
