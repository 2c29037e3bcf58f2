import { expect, test } from 'vitest'
import { periodOf, unitOf } from './horizon.ts'

test.each([
  ['DAY', 21, 7],
  ['WEEK', 130, 52],
  ['MONTH', 30, 12],
] as const)('values by %s have a season from %i on, of %i buckets', (bucket, count, season) => {
  const unit = unitOf(bucket)
  expect([periodOf(count - 1, unit), periodOf(count, unit)]).toEqual([1, season])
})
