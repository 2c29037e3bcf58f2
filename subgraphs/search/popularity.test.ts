import { expect, test } from 'vitest'
import { HALF_LIFE_DAYS, isRemembered, REMEMBERED_DAYS, weightAt } from './popularity.ts'

const DAY_MS = 86_400_000
const now = new Date('2026-11-28T09:00:00.000Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS)

test('a unit sold now weighs as much as two of sixty days ago', () => {
  expect(weightAt(now) / weightAt(daysAgo(HALF_LIFE_DAYS))).toBeCloseTo(2, 9)
  expect(weightAt(now) / weightAt(daysAgo(2 * HALF_LIFE_DAYS))).toBeCloseTo(4, 9)
})

test('the proportion of two sums does not change with time, so that no job has to reduce them', () => {
  const [old, recent] = [3 * weightAt(daysAgo(90)), weightAt(daysAgo(1))]
  expect(old / recent).toBeCloseTo(3 * 2 ** (-89 / 60), 9)
})

test('an order counts for 400 days', () => {
  expect(isRemembered(daysAgo(0), now)).toBe(true)
  expect(isRemembered(new Date(daysAgo(REMEMBERED_DAYS).getTime() + 1), now)).toBe(true)
  expect(isRemembered(daysAgo(REMEMBERED_DAYS), now)).toBe(false)
})
