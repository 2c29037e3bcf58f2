import { expect, test } from 'vitest'
import { CALL_TIMEOUT_MS } from '../carrier/http-carrier.ts'
import { drawn, faultOfLabel, faultsSchema } from './faults.ts'

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

test('no fault happens unless it is set; slow answers take three seconds, and late webhooks twenty', () => {
  const shares = { fail: 0, drop: 0, slow: 0, lose: 0, webhookNone: 0, webhookTwice: 0, webhookLate: 0 }
  expect(faultsSchema.parse({})).toEqual({ ...shares, slowMs: 3_000, lateSeconds: 20 })
})

test.each([
  ...['fail', 'drop', 'slow', 'lose', 'webhookNone', 'webhookTwice', 'webhookLate'].map(
    (name) => [name, 1] as const,
  ),
  ['slowMs', 60_000],
  ['lateSeconds', 3_600],
] as const)('%s is from 0 to %d', (name, most) => {
  const isTaken = (value: number) => faultsSchema.safeParse({ [name]: value }).success
  expect([-1, 0, most, most + 1].map(isTaken)).toEqual([false, true, true, false])
})

test('a fault that is none is refused', () => {
  expect(faultsSchema.safeParse({ lost: 1 }).success).toBe(false)
})

test.each([
  ['Test Slow', 1, 'slow', 3_000],
  ['Test Slow', 2, 'slow', 3_000],
  ['Test Late Answer', 1, 'slow', 12_000],
  ['Test Dropped', 1, 'drop', 0],
  ['Test Failing', 1, 'fail', 0],
  ['Test Failing', 2, 'fail', 0],
])('for %s the request number %i has the fault %s, after %i ms', (recipient, times, fault, waitMs) => {
  expect(faultOfLabel(recipient, times, {})).toEqual({ fault, waitMs })
})

test.each([
  ['Test Late Answer', 2],
  ['Test Dropped', 2],
  ['Test Failing', 3],
  ['Test Lost', 1],
  ['Ada Lovelace', 1],
])('for %s the request number %i has no fault of its own', (recipient, times) => {
  expect(faultOfLabel(recipient, times, {})).toBeNull()
})

test('a late answer comes after the time for which the shop waits', () => {
  expect(faultOfLabel('Test Late Answer', 1, {})?.waitMs).toBeGreaterThan(CALL_TIMEOUT_MS)
})
