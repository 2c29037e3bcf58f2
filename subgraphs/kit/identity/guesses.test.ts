import { expect, test } from 'vitest'
import { throttleGuess } from './guesses.ts'

const allowance = { burst: 1, everyMs: 1_000 }
const buckets = [
  { key: 'address', allowance },
  { key: 'number', allowance },
]

/** A throttle whose buckets can be full. */
function counter(full: readonly string[] = []) {
  const counts: Record<string, number> = {}
  return {
    counts,
    async take(key: string) {
      if (full.includes(key)) throw new Error(`${key} is full`)
      counts[key] = (counts[key] ?? 0) + 1
    },
    async giveBack(key: string) {
      counts[key] = (counts[key] ?? 0) - 1
    },
  }
}

const guess = (throttle: ReturnType<typeof counter>, outcome: string | null) =>
  throttleGuess(
    throttle,
    buckets,
    async () => outcome,
    (found) => found === null,
  )

test('a wrong guess counts in every bucket, a right one in none', async () => {
  const throttle = counter()
  expect([await guess(throttle, null), throttle.counts]).toEqual([null, { address: 1, number: 1 }])
  expect([await guess(throttle, 'right'), throttle.counts]).toEqual(['right', { address: 1, number: 1 }])
})

test('a guess that a bucket refuses is not made, and counts in no bucket', async () => {
  const throttle = counter(['number'])
  await expect(guess(throttle, 'right')).rejects.toThrow('number is full')
  expect(throttle.counts).toEqual({ address: 0 })
})

test('a guess whose outcome is unknown, since the attempt failed, counts in every bucket', async () => {
  const throttle = counter()
  const away = () => Promise.reject(new Error('the database is away'))
  await expect(throttleGuess(throttle, buckets, away, () => false)).rejects.toThrow('the database is away')
  expect(throttle.counts).toEqual({ address: 1, number: 1 })
})
