import { expect, test } from 'vitest'
import { fairQueue } from './fair-queue.ts'

function filled(order: 'oldest first' | 'newest first' = 'oldest first') {
  const queue = fairQueue<string, number>(order)
  for (const entry of [1, 2, 3]) queue.add('a', entry)
  queue.add('b', 4)
  queue.add('c', 5)
  queue.add('c', 6)
  return queue
}

test.each([
  ['oldest first', [1, 4, 5, 2, 6, 3]],
  ['newest first', [3, 4, 6, 2, 5, 1]],
] as const)('owners are served in turn, each by its own entries, the %s', (order, expected) => {
  const queue = filled(order)
  const served: number[] = []
  for (let next = queue.next(); next; next = queue.next()) served.push(next.entry)
  expect(served).toEqual(expected)
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
