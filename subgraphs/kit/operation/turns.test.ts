import { expect, test } from 'vitest'
import { turnQueue } from './turns.ts'

const tick = () => new Promise((resolve) => setImmediate(resolve))

/** Operations that wait for turns, and the order in which they got them. */
function waiters(queue: ReturnType<typeof turnQueue>) {
  const order: string[] = []
  return {
    order,
    wait(name: string, operation: { fields: number }, weight: number) {
      void queue.wait(operation, weight).then(() => order.push(name))
    },
  }
}

test('operations take turns, each with its newest wait first, and a turn holds only so many items', async () => {
  const queue = turnQueue()
  const { order, wait } = waiters(queue)
  const [large, small] = [{ fields: 10 }, { fields: 10 }]
  queue.enter(large)
  queue.enter(small)
  for (let n = 1; n <= 4; n++) wait(`large ${n}`, large, 200)
  wait('small', small, 10)
  await tick()
  expect(order).toEqual(['large 4', 'small', 'large 3'])
  await tick()
  expect(order).toEqual(['large 4', 'small', 'large 3', 'large 2', 'large 1'])
})

test('operations that hold too much together wait until the oldest is over', async () => {
  const queue = turnQueue()
  const { order, wait } = waiters(queue)
  const [oldest, other] = [{ fields: 40_000 }, { fields: 40_000 }]
  queue.enter(oldest)
  queue.enter(other)
  wait('other', other, 1)
  wait('oldest', oldest, 1)
  await tick()
  await tick()
  expect(order).toEqual(['oldest'])
  queue.leave(oldest)
  await tick()
  expect(order).toEqual(['oldest', 'other'])
})

test.each([
  [25_001, ['oldest']],
  [25_000, ['other', 'oldest']],
])('with 25000 fields and another %s, %j go on', async (fields, expected) => {
  const queue = turnQueue()
  const { order, wait } = waiters(queue)
  const [oldest, other] = [{ fields: 25_000 }, { fields }]
  queue.enter(oldest)
  queue.enter(other)
  wait('other', other, 1)
  wait('oldest', oldest, 1)
  await tick()
  await tick()
  expect(order).toEqual(expected)
})

test('what an operation waits for after its end never comes', async () => {
  const queue = turnQueue()
  const { order, wait } = waiters(queue)
  const operation = { fields: 1 }
  queue.enter(operation)
  wait('late', operation, 1)
  queue.leave(operation)
  await tick()
  expect(order).toEqual([])
})
