import { expect, test } from 'vitest'
import { drawsOf } from './draws.ts'
import { drawn, faultsSchema } from './faults.ts'

const faults = faultsSchema.parse({ fail: 0.2, drop: 0.2, slow: 0.2 })

/** The first faults that a seed draws. */
function sequence(seed: number | undefined) {
  const draw = drawsOf(seed)
  return Array.from({ length: 200 }, () => drawn(faults, draw()))
}

test('a seed draws the same faults again, another seed others', () => {
  expect(sequence(7)).toEqual(sequence(7))
  expect(sequence(7)).not.toEqual(sequence(8))
  expect(new Set(sequence(7))).toEqual(new Set(['fail', 'drop', 'slow', null]))
})

test.each([-1, 1.5, 2 ** 31, '7'])('the seed %j is refused', (seed) => {
  expect(faultsSchema.safeParse({ seed }).success).toBe(false)
})
