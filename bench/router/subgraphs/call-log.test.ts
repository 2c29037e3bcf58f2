import { expect, test } from 'vitest'
import { type Call, levelsOf } from './call-log.ts'

const call = (body: string, came: number, answered: number): Call => ({ subgraph: 's', body, came, answered })

test('calls that had seen the same answers form a level', () => {
  const calls = [
    call('c', 61, 121),
    call('a', 0, 60),
    call('b', 1, 60.5),
    call('d', 62, 122),
    call('e', 123, 180),
  ]
  expect(levelsOf(calls).map((level) => level.map(({ body }) => body))).toEqual([
    ['a', 'b'],
    ['c', 'd'],
    ['e'],
  ])
})

test('nothing has no levels', () => {
  expect(levelsOf([])).toEqual([])
})
