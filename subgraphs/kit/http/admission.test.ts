import { expect, test } from 'vitest'
import { admission } from './admission.ts'

test('so many have a place at once, the next wait in order, more are refused', async () => {
  const door = admission({ places: 2, queue: 2 })
  const [first, second, third, fourth, fifth] = Array.from({ length: 5 }, door.enter)
  expect([first?.admitted, second?.admitted, fifth?.admitted]).toEqual([true, true, false])
  expect([door.running, door.waiting]).toEqual([2, 2])

  fifth?.leave()
  second?.leave()
  expect(await third?.admitted).toBe(true)
  expect([door.running, door.waiting]).toEqual([2, 1])

  first?.leave()
  expect(await fourth?.admitted).toBe(true)
  expect([door.running, door.waiting]).toEqual([2, 0])
  for (const entry of [third, fourth]) entry?.leave()
  expect(door.running).toBe(0)
})

test('one that leaves the queue is not admitted and frees its place there', async () => {
  const door = admission({ places: 1, queue: 1 })
  const first = door.enter()
  const second = door.enter()
  second.leave()
  expect(await second.admitted).toBe(false)
  const third = door.enter()
  first.leave()
  expect(await third.admitted).toBe(true)
})

test('leaving twice gives back one place', async () => {
  const door = admission({ places: 2, queue: 1 })
  const first = door.enter()
  door.enter()
  const third = door.enter()
  first.leave()
  first.leave()
  expect(await third.admitted).toBe(true)
  expect(door.running).toBe(2)
  third.leave()
  third.leave()
  expect(door.running).toBe(1)
})
