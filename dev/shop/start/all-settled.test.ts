import { expect, test } from 'vitest'
import { allSettled } from './all-settled.ts'

test('results come in the order of the work', async () => {
  expect(await allSettled([Promise.resolve(1), 2, Promise.resolve('three')])).toEqual([1, 2, 'three'])
})

test('a failure is reported after everything has ended', async () => {
  const slow = Promise.withResolvers<void>()
  let isOver = false
  const all = allSettled([Promise.reject(new Error('no port')), slow.promise])
  all
    .catch(() => {})
    .finally(() => {
      isOver = true
    })
  await new Promise((resolve) => setImmediate(resolve))
  expect(isOver).toBe(false)
  slow.resolve()
  await expect(all).rejects.toThrow('no port')
})
