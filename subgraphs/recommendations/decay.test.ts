import { expect, test } from 'vitest'
import { HALF_LIFE_DAYS, isKept, KEPT_DAYS, weightAt } from './decay.ts'

const DAY_MS = 86_400_000
const now = new Date('2026-11-28T09:00:00.000Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS)

test.each(Object.values(HALF_LIFE_DAYS))('an event counts half after %d days', (days) => {
  expect(weightAt(daysAgo(days), days) / weightAt(now, days)).toBeCloseTo(0.5, 9)
})

test('purchases count by half after 180 days, views after 14, popularity after 60; they are deleted after 400 and 30', () => {
  expect(HALF_LIFE_DAYS).toEqual({ PURCHASE: 180, VIEW: 14, POPULARITY: 60 })
  expect(KEPT_DAYS).toEqual({ PURCHASE: 400, VIEW: 30 })
})

test('weights stay finite for decades', () => {
  expect(weightAt(new Date('2060-01-01T00:00:00Z'), HALF_LIFE_DAYS.VIEW)).toBeLessThan(Number.MAX_VALUE)
  expect(weightAt(new Date('1990-01-01T00:00:00Z'), HALF_LIFE_DAYS.VIEW)).toBeGreaterThan(0)
})

test('a purchase is kept for 400 days', () => {
  expect(isKept(new Date(daysAgo(KEPT_DAYS.PURCHASE).getTime() + 1), now)).toBe(true)
  expect(isKept(daysAgo(KEPT_DAYS.PURCHASE), now)).toBe(false)
})
