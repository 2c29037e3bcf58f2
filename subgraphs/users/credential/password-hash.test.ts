import { expect, test } from 'vitest'
import { hashPassword, unmatchableHash, verifyPassword } from './password-hash.ts'

const CHEAP = { memory: 64, passes: 1, parallelism: 1 }

test('a password matches its own hash and no other', async () => {
  const hash = await hashPassword('mismatched-socks')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(await verifyPassword(hash, 'mismatched-socks')).toEqual({ matches: true, outdated: false })
  expect(await verifyPassword(hash, 'mismatched-sock')).toEqual({ matches: false, outdated: false })
  expect(await hashPassword('mismatched-socks')).not.toBe(hash)
})

test('what other implementations hash verifies here', async () => {
  // A test vector of the reference implementation: 64 MiB, 2 passes, "password", "somesalt".
  const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  expect(await verifyPassword(hash, 'password')).toEqual({ matches: true, outdated: true })
})

test.each([{ memory: 128 }, { passes: 2 }, { parallelism: 2 }])(
  'a hash of another cost, %j, is outdated, yet verifies',
  async (other) => {
    const hash = await hashPassword('mismatched-socks', { ...CHEAP, ...other })
    expect(await verifyPassword(hash, 'mismatched-socks', CHEAP)).toEqual({ matches: true, outdated: true })
  },
)

test('one password typed on two keyboards is one password', async () => {
  const hash = await hashPassword('caf\u00e9 au lait!', CHEAP)
  expect((await verifyPassword(hash, 'cafe\u0301 au lait!')).matches).toBe(true)
})

test('nothing matches the hash for an unknown address, at the same cost', async () => {
  expect(await verifyPassword(unmatchableHash(), '')).toEqual({ matches: false, outdated: false })
})

test('a broken row is an error, not a wrong password', async () => {
  await expect(verifyPassword('$2b$10$nope', 'x')).rejects.toThrow('not an argon2id string')
})
