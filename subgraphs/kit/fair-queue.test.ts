import { expect, test } from 'vitest'
import { fairQueue } from './fair-queue.ts'

function filled() {
  const queue = fairQueue<string, number>()
  for (const entry of [1, 2, 3]) queue.add('a', entry)
  queue.add('b', 4)
  queue.add('c', 5)
  queue.add('c', 6)
  return queue
}

test('owners are served in turn, each in the order of its own entries', () => {
  const queue = filled()
  const order: number[] = []
  for (let next = queue.next(); next; next = queue.next()) order.push(next.entry)
  expect(order).toEqual([1, 4, 5, 2, 6, 3])
  expect(queue.size).toBe(0)
})

test('an owner that may not go keeps its place, and the others go', () => {
  const queue = filled()
  expect(queue.next((owner) => owner !== 'a')?.entry).toBe(4)
  expect(queue.next()?.entry).toBe(1)
  expect(queue.next(() => false)).toBeUndefined()
  expect(queue.size).toBe(4)
})

test('what an owner has waiting can be dropped', () => {
  const queue = filled()
  queue.next()
  queue.drop('a')
  queue.drop('nobody')
  expect(queue.size).toBe(3)
  expect(queue.next()?.entry).toBe(4)
})
