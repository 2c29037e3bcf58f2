import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { seal, unseal } from './sealed.ts'

const key = randomBytes(32)
const plain = Buffer.from('a secret of a session')

test('what is sealed is opened by its key, and reads differently each time', () => {
  const [first, second] = [seal(key, plain), seal(key, plain)]
  for (const sealed of [first, second]) expect(unseal(key, sealed)).toEqual(plain)
  expect(Buffer.from(first).equals(second)).toBe(false)
  expect(Buffer.from(first).includes('secret')).toBe(false)
  // Nonce and tag.
  expect(first.length).toBe(plain.length + 12 + 16)
  expect(unseal(key, seal(key, Buffer.alloc(0)))).toEqual(Buffer.alloc(0))
})

test('another key, a changed byte and a shorter text open nothing', () => {
  const sealed = seal(key, plain)
  expect(() => unseal(randomBytes(32), sealed)).toThrow()
  for (let place = 0; place < sealed.length; place++)
    expect(() => unseal(key, sealed.with(place, (sealed[place] ?? 0) ^ 1))).toThrow()
  for (const whole of [sealed, seal(key, Buffer.alloc(0))])
    for (let length = 0; length < whole.length; length++)
      expect(() => unseal(key, whole.subarray(0, length))).toThrow()
})
