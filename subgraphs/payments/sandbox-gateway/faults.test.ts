import { expect, test } from 'vitest'
import { drawn, faultsSchema } from './faults.ts'

// The sums of these shares are exact.
const faults = faultsSchema.parse({ fail: 0.25, drop: 0.25, slow: 0.25 })

test.each([
  [0, 'fail'],
  [0.24, 'fail'],
  [0.25, 'drop'],
  [0.5, 'slow'],
  [0.74, 'slow'],
  [0.75, null],
  [0.99, null],
])('the chance %d draws %s', (chance, fault) => {
  expect(drawn(faults, chance)).toBe(fault)
})

test.each([-1, 1.5, 2 ** 31, '7'])('the seed %j is refused', (seed) => {
  expect(faultsSchema.safeParse({ seed }).success).toBe(false)
})
