import { expect, test } from 'vitest'
import { drawn, faultsSchema, heldBackMs } from './faults.ts'

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

test('no fault happens unless it is set, and slow answers take three seconds', () => {
  expect(faultsSchema.parse({})).toEqual({ fail: 0, drop: 0, slow: 0, slowMs: 3_000 })
})

test.each([
  ['fail', 1],
  ['drop', 1],
  ['slow', 1],
  ['slowMs', 60_000],
])('%s is from 0 to %d', (name, most) => {
  const isTaken = (value: number) => faultsSchema.safeParse({ [name]: value }).success
  expect([-1, 0, most, most + 1].map(isTaken)).toEqual([false, true, true, false])
})

test.each([
  ['slow', 3_000],
  ['late_answer', 15_000],
  ['approve', 0],
  [undefined, 0],
])('the first response about a card that is %s is held back for %i ms', (behaviour, ms) => {
  expect(heldBackMs(behaviour, {})).toBe(ms)
})
