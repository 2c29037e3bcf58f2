import { expect, test } from 'vitest'
import {
  hashOfToken,
  isRefreshToken,
  newRefreshToken,
  sealSuccessor,
  unsealSuccessor,
} from './refresh-token.ts'

test('a token is 256 bits, another one each time', () => {
  const tokens = new Set(Array.from({ length: 100 }, newRefreshToken))
  expect(tokens.size).toBe(100)
  for (const token of tokens) {
    expect(isRefreshToken(token)).toBe(true)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(hashOfToken(token)).toHaveLength(32)
  }
})

test('only the token itself opens its successor', () => {
  const [token, successor] = [newRefreshToken(), newRefreshToken()]
  const sealed = sealSuccessor(token, successor)
  expect(unsealSuccessor(token, sealed)).toBe(successor)
  expect(() => unsealSuccessor(newRefreshToken(), sealed)).toThrow()
  expect(() => unsealSuccessor(token, sealed.with(-1, (sealed.at(-1) ?? 0) ^ 1))).toThrow()
})
