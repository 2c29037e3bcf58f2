import { expect, test } from 'vitest'
import { pauseAfter } from './supervisor.ts'

test('the pause before a worker is replaced doubles up to ten seconds while workers end soon', () => {
  const pauses: number[] = []
  for (let ends = 0; ends < 9; ends++) pauses.push(pauseAfter(pauses.at(-1) ?? 0, ends % 2 ? 0 : 59_999))
  expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
})

test('after a minute of serving it is short again', () => {
  expect(pauseAfter(10_000, 60_000)).toBe(100)
})
