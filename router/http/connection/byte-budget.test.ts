import { expect, test } from 'vitest'
import { byteBudget } from './byte-budget.ts'

function holders(...names: string[]) {
  const gone: string[] = []
  return { gone, holders: names.map((name) => ({ giveUp: () => void gone.push(name) })) }
}

test('all may hold as much as the bound together; one byte more, and the largest gives up', () => {
  const room = byteBudget(100)
  const {
    gone,
    holders: [small, large],
  } = holders('small', 'large')
  if (!small || !large) throw new Error('two holders were asked for')
  room.hold(small, 40)
  room.hold(large, 60)
  expect(gone).toEqual([])
  room.hold(small, 41)
  expect(gone).toEqual(['large'])
})

test('as many give up as the rest need to fit', () => {
  const room = byteBudget(100)
  const { gone, holders: all } = holders('a', 'b', 'c')
  for (const holder of all.slice(0, 2)) room.hold(holder, 50)
  for (const holder of all.slice(2)) room.hold(holder, 90)
  expect(gone).toEqual(['c'])
  for (const holder of all.slice(2)) room.hold(holder, 49)
  expect(gone).toEqual(['c', 'a'])
})

test('who leaves makes room; who holds anew is counted once', () => {
  const room = byteBudget(100)
  const {
    gone,
    holders: [first, second],
  } = holders('first', 'second')
  if (!first || !second) throw new Error('two holders were asked for')
  for (const bytes of [10, 60, 100]) room.hold(first, bytes)
  room.leave(first)
  room.leave(first)
  room.hold(second, 100)
  expect(gone).toEqual([])
})
