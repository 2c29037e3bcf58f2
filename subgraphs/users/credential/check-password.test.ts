import { setImmediate as turn } from 'node:timers/promises'
import type { Allowance } from '@argyle/kit/throttle'
import { expect, test } from 'vitest'
import type { Account } from '../account/account.ts'
import { passwordChecker } from './check-password.ts'
import type { HashQueue } from './hash-queue.ts'
import { hashPassword } from './password-hash.ts'
import { passwordBuckets } from './throttle.ts'

const EMAIL = 'ada@argyle.example'
const PASSWORD = 'mismatched-socks'
// A test vector of the reference implementation: "password", at a cost that is not the shop's.
const OUTDATED = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
// The checker reads the id alone.
const ada = { id: 'usr_1', email: EMAIL } as Account

/**
 * A checker of one account, which records the work that an observer could time, and the allowances that it
 * uses.
 * @param full a bucket that is full
 * @param queue the queue of hashes
 */
async function aChecker(full?: string, queue: HashQueue = (work) => work()) {
  const stored = await hashPassword(PASSWORD)
  const notes: string[] = []
  const held = new Map<string, Allowance>()
  const check = passwordChecker({
    accounts: {
      byEmail: async (email) => (email === EMAIL ? ada : null),
      passwordHashOf: async () => stored,
      rehash: async () => true,
    },
    throttle: {
      take: async (key, allowance) => {
        if (key === full) throw new Error('it is full')
        notes.push('take')
        held.set(key, allowance)
      },
      clear: async (key) => {
        await turn()
        notes.push('clear')
        held.delete(key)
      },
      giveBack: async (key, allowance) => {
        await turn()
        notes.push('give back')
        if (held.get(key) === allowance) held.delete(key)
      },
    },
    queue: (work) => {
      notes.push('hash')
      return queue(work)
    },
  })
  return { check, notes, held }
}

test('an unknown address costs what a wrong password costs: as many allowances, and one hash', async () => {
  const { check, notes } = await aChecker()
  expect(await check({ email: EMAIL, password: 'not-my-password' }, '198.51.100.7')).toBeNull()
  const wrong = notes.splice(0)
  expect(await check({ email: 'nobody@argyle.example', password: PASSWORD }, '198.51.100.7')).toBeNull()
  expect(notes).toEqual(wrong)
  expect(wrong.filter((note) => note === 'hash')).toHaveLength(1)
  expect(wrong.at(-1)).toBe('hash')
})

test('the right password gives its allowances back, after the hash', async () => {
  const { check, notes, held } = await aChecker()
  expect(await check({ email: EMAIL, password: PASSWORD }, '198.51.100.7')).toMatchObject({ account: ada })
  expect([...held]).toEqual([])
  const after = notes.slice(notes.indexOf('hash') + 1)
  expect(after[0]).toBe('clear')
  expect(new Set(after.slice(1))).toEqual(new Set(['give back']))
})

test('a right password is right although another request has replaced its outdated hash meanwhile', async () => {
  const hashes = [OUTDATED, await hashPassword('password')]
  const check = passwordChecker({
    accounts: {
      byEmail: async () => ada,
      passwordHashOf: async () => hashes[0] ?? null,
      rehash: async () => {
        hashes.shift()
        return false
      },
    },
    throttle: { take: async () => {}, clear: async () => {}, giveBack: async () => {} },
    queue: (work) => work(),
  })
  const [, current] = hashes
  expect(await check({ email: EMAIL, password: 'password' }, null)).toEqual({
    account: ada,
    passwordHash: current,
  })
})

test('an attempt that the narrowest bucket refuses is not hashed, and counts in no wider one', async () => {
  const { own } = passwordBuckets(EMAIL, '198.51.100.7')
  const { check, notes } = await aChecker(own.key)
  await expect(check({ email: EMAIL, password: PASSWORD }, '198.51.100.7')).rejects.toThrow('it is full')
  expect(notes).toEqual([])
})

test('an attempt that the full queue refuses is not judged, so it counts in no bucket', async () => {
  const { check, notes, held } = await aChecker(undefined, () =>
    Promise.reject(new Error('the queue is full')),
  )
  await expect(check({ email: EMAIL, password: PASSWORD }, '198.51.100.7')).rejects.toThrow(
    'the queue is full',
  )
  expect(notes.filter((note) => note === 'take')).toHaveLength(3)
  expect([...held]).toEqual([])
})

test('a hash that is replaced whenever it is read is read twice, no more', async () => {
  let reads = 0
  let hashes = 0
  const check = passwordChecker({
    accounts: {
      byEmail: async () => ada,
      passwordHashOf: async () => {
        reads += 1
        return OUTDATED
      },
      rehash: async () => false,
    },
    throttle: { take: async () => {}, clear: async () => {}, giveBack: async () => {} },
    queue: (work) => {
      hashes += 1
      return work()
    },
  })
  expect(await check({ email: EMAIL, password: 'password' }, null)).toBeNull()
  expect(reads).toBe(2)
  // Each hash that is read, and each that would replace it, takes its turn.
  expect(hashes).toBe(4)
})
