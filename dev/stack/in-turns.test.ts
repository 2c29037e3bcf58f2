import { expect, test } from 'vitest'
import { inTurns } from './in-turns.ts'

test('work begins in order, for so many items at a time, and all of it is waited for', async () => {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (item: string) => {
    begun.push(item)
    return new Promise<void>((resolve) => ends.set(item, resolve))
  }
  let isOver = false
  const all = inTurns(['a', 'b', 'c', 'd'], 2, work).then(() => {
    isOver = true
  })
  const end = async (item: string) => {
    ends.get(item)?.()
    await new Promise(setImmediate)
    return [...begun]
  }
  expect(begun).toEqual(['a', 'b'])
  expect(await end('b')).toEqual(['a', 'b', 'c'])
  expect(await end('c')).toEqual(['a', 'b', 'c', 'd'])
  await end('d')
  expect(isOver).toBe(false)
  await end('a')
  await all
})

test('a failure is thrown', async () => {
  const work = (item: number) => (item === 2 ? Promise.reject(new Error('no place')) : Promise.resolve())
  await expect(inTurns([1, 2, 3], 1, work)).rejects.toThrow('no place')
})
