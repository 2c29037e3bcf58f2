import { expect, test } from 'vitest'
import { inParallel } from './in-parallel.ts'

test('no more tasks run at once than the width', async () => {
  let running = 0
  let most = 0
  const task = async () => {
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running--
  }
  await inParallel(2, Array(7).fill(task))
  expect(most).toBe(2)
})

test('a failure stops no other task, and all failures are reported in order', async () => {
  const done: string[] = []
  const succeed = async () => void done.push('ok')
  const fail = (message: string) => async () => {
    throw new Error(message)
  }
  const run = inParallel(2, [fail('first'), succeed, fail('second'), succeed])
  await expect(run).rejects.toThrow('first\nsecond')
  expect(done).toEqual(['ok', 'ok'])
})
