import { expect, test } from 'vitest'
import { drawn, faultsSchema } from './faults.ts'

const faults = faultsSchema.parse({ fail: 0.2, drop: 0.2, slow: 0.2 })

test.each([
  [0, 'fail'],
  [0.19, 'fail'],
  [0.2, 'drop'],
  [0.4, 'slow'],
  [0.61, null],
  [0.99, null],
])('the chance %d draws %s', (chance, fault) => {
  expect(drawn(faults, chance)).toBe(fault)
})

test.each([-1, 1.5, 2 ** 31, '7'])('the seed %j is refused', (seed) => {
  expect(faultsSchema.safeParse({ seed }).success).toBe(false)
})
