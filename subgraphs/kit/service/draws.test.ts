import { expect, test } from 'vitest'
import { drawsOf } from './draws.ts'

/** The first numbers of a seed. */
function sequence(seed: number | undefined): number[] {
  const draw = drawsOf(seed)
  return Array.from({ length: 200 }, () => draw())
}

test('a seed draws the same numbers again, another seed or none others', () => {
  expect(sequence(7)).toEqual(sequence(7))
  expect(sequence(7)).not.toEqual(sequence(8))
  expect(sequence(0)).toEqual(sequence(0))
  expect(sequence(undefined)).not.toEqual(sequence(undefined))
})

test.each([7, undefined])('numbers of the seed %s are spread from 0 up to 1', (seed) => {
  const drawn = sequence(seed)
  expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true)
  expect(new Set(drawn.map((number) => Math.floor(number * 4)))).toEqual(new Set([0, 1, 2, 3]))
})
