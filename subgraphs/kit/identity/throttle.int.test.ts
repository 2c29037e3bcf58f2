import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { addressBucket, hashedBucket, secondsToWait, type Throttle, throttleOn } from './throttle.ts'

const ALLOWANCE = { burst: 5, everyMs: 60_000 }

let database: BareDatabase
let throttle: Throttle
let now = new Date('2026-11-21T09:00:00.250Z')
beforeAll(async () => {
  database = await bareDatabase()
  const table = await readFile(new URL('throttle.sql', import.meta.url), 'utf8')
  for (const statement of table.split(/;\n/).filter((text) => text.trim() !== '')) {
    await database.prisma.$executeRawUnsafe(statement)
  }
  throttle = throttleOn(database.prisma, () => now)
})
afterAll(() => database.drop())

async function takenOf(tries: number, key: string): Promise<number> {
  const taken = await Promise.allSettled(Array.from({ length: tries }, () => throttle.take(key, ALLOWANCE)))
  return taken.filter(({ status }) => status === 'fulfilled').length
}

test('of 25 attempts at once as many pass as the bucket holds, and then one per interval', async () => {
  expect(await takenOf(25, 'parallel')).toBe(ALLOWANCE.burst)
  await expect(throttle.take('parallel', ALLOWANCE)).rejects.toMatchObject({
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 60 },
  })
  now = new Date(now.getTime() + ALLOWANCE.everyMs)
  expect(await takenOf(3, 'parallel')).toBe(1)
  // A bucket that has been empty for long holds no more than one that was never used.
  now = new Date(now.getTime() + 100 * ALLOWANCE.everyMs)
  expect(await takenOf(25, 'parallel')).toBe(ALLOWANCE.burst)
})

test('an attempt given back can be taken again; a cleared bucket is empty', async () => {
  await takenOf(ALLOWANCE.burst, 'other')
  await takenOf(ALLOWANCE.burst, 'back')
  await throttle.giveBack('back', ALLOWANCE)
  expect(await takenOf(2, 'back')).toBe(1)
  await throttle.clear('back')
  expect(await takenOf(9, 'back')).toBe(ALLOWANCE.burst)
  expect(await takenOf(1, 'other')).toBe(0)
})

test('empty buckets are forgotten, others stay', async () => {
  const count = async () =>
    (await database.prisma.$queryRawUnsafe<unknown[]>('SELECT key FROM throttle')).length
  await throttle.take('kept', { burst: 1, everyMs: 3_600_000 })
  now = new Date(now.getTime() + ALLOWANCE.everyMs * ALLOWANCE.burst)
  await throttle.forget()
  expect(await count()).toBe(1)
})

test('callers of unknown address share a bucket; a hashed bucket does not tell its value', () => {
  expect(addressBucket('coupon', null)).toBe(addressBucket('coupon', null))
  expect(addressBucket('coupon', '2001:db8::7')).toBe('coupon:2001:db8:0:0::/64')
  expect(hashedBucket('account', 'ada@argyle.example')).not.toContain('ada')
  expect(hashedBucket('account', 'a')).not.toBe(hashedBucket('link', 'a'))
  expect(hashedBucket('pair', 'a', 'bc')).not.toBe(hashedBucket('pair', 'ab', 'c'))
})

test('a full bucket of 3 takes one more when the oldest has leaked', () => {
  const start = new Date('2026-11-21T08:00:00Z')
  const full = new Date(start.getTime() + 3 * 60_000)
  const allowance = { burst: 3, everyMs: 60_000 }
  expect(secondsToWait(full, allowance, start)).toBe(60)
  expect(secondsToWait(full, allowance, new Date(start.getTime() + 58_999))).toBe(2)
  expect(secondsToWait(full, allowance, new Date(start.getTime() + 59_001))).toBe(1)
  // It leaked between the attempt and the question.
  expect(secondsToWait(full, allowance, new Date(start.getTime() + 60_000))).toBe(1)
})
