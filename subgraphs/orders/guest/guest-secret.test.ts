import { expect, test } from 'vitest'
import { guestSecret } from './guest-secret.ts'

const key = Buffer.alloc(32, 7)
const request = { idempotencyKey: 'a key of a guest', cartId: 'crt_1' }

test('the secret of a request is the same each time, and is not made of its key and its cart alone', () => {
  const secret = guestSecret(key, request)
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(guestSecret(key, { ...request })).toBe(secret)
  const others = [
    guestSecret(Buffer.alloc(32, 8), request),
    guestSecret(key, { ...request, idempotencyKey: 'another key of a guest' }),
    guestSecret(key, { ...request, cartId: 'crt_2' }),
  ]
  expect(new Set([secret, ...others]).size).toBe(4)
})

test('a part of the cart’s id that moves into the key gives another secret', () => {
  expect(guestSecret(key, { idempotencyKey: 'ab', cartId: 'c' })).not.toBe(
    guestSecret(key, { idempotencyKey: 'b', cartId: 'ca' }),
  )
})
