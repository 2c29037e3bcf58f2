import { expect, test } from 'vitest'
import { hashQueue } from './hash-queue.ts'

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { work: () => promise, open: () => resolve() }
}

test('no more run at once than allowed, and all that wait get their turn in order', async () => {
  const queue = hashQueue({ atOnce: 2, waiting: 10 })
  const gates = Array.from({ length: 5 }, gate)
  const started: number[] = []
  const all = gates.map(({ work }, index) =>
    queue(async () => {
      started.push(index)
      await work()
      return index
    }),
  )
  expect(started).toEqual([0, 1])
  for (const [index, { open }] of gates.entries()) {
    open()
    await all[index]
  }
  expect(started).toEqual([0, 1, 2, 3, 4])
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4])
})

test('a full queue refuses with the time to retry', async () => {
  const queue = hashQueue({ atOnce: 1, waiting: 1 })
  const { work, open } = gate()
  const held = [queue(work), queue(work)]
  const refused = { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 2 } }
  await expect(queue(work)).rejects.toMatchObject(refused)
  open()
  await Promise.all(held)
  await expect(queue(async () => 'free again')).resolves.toBe('free again')
})

test('work that fails frees its place', async () => {
  const queue = hashQueue({ atOnce: 1, waiting: 1 })
  const fail = async () => {
    throw new Error('out of memory')
  }
  await expect(queue(fail)).rejects.toThrow('out of memory')
  await expect(queue(async () => 'next')).resolves.toBe('next')
})

test('by default two run at once and 64 wait', async () => {
  const queue = hashQueue()
  const { work, open } = gate()
  let running = 0
  const all = Array.from({ length: 66 }, () =>
    queue(async () => {
      running++
      await work()
    }),
  )
  expect(running).toBe(2)
  await expect(queue(async () => {})).rejects.toThrow()
  open()
  await Promise.all(all)
})
