import { describe, expect, test } from 'vitest'
import { digestOf, kindsFor, nextDigestAt } from './digest.ts'

test('each role has its own part', () => {
  expect(kindsFor(['WAREHOUSE'])).toEqual(['LOW_STOCK'])
  expect(kindsFor(['MERCHANDISER', 'CUSTOMER'])).toEqual(['LOW_STOCK'])
  expect(kindsFor(['SUPPORT'])).toEqual(['TICKET_BREACHED', 'FAILED_REFUND'])
  expect(kindsFor(['ADMIN'])).toEqual(['LOW_STOCK', 'TICKET_BREACHED', 'FAILED_REFUND', 'FAILED_JOB'])
  for (const role of ['CUSTOMER', 'ANALYST', 'MARKETER']) expect(kindsFor([role])).toEqual([])
})

describe('the next digest', () => {
  const next = (hour: number, timeZone: string, now: string) =>
    nextDigestAt({ hour, timeZone }, new Date(now)).toISOString()

  test.each([
    [8, 'UTC', '2026-11-28T07:59:59.999Z', '2026-11-28T08:00:00.000Z'],
    [8, 'UTC', '2026-11-28T08:00:00.000Z', '2026-11-29T08:00:00.000Z'],
    [0, 'UTC', '2026-11-28T12:00:00.000Z', '2026-11-29T00:00:00.000Z'],
    [23, 'UTC', '2026-11-28T23:30:00.000Z', '2026-11-29T23:00:00.000Z'],
    [8, 'Europe/Berlin', '2026-11-28T00:00:00.000Z', '2026-11-28T07:00:00.000Z'],
    [8, 'Asia/Kolkata', '2026-11-28T12:00:00.000Z', '2026-11-29T02:30:00.000Z'],
  ])('at %s o’clock in %s after %s is %s', (hour, timeZone, now, then) => {
    expect(next(hour, timeZone, now)).toBe(then)
  })

  test('keeps its hour when the clocks change; a day that leaves it out has none', () => {
    expect(next(8, 'Europe/Berlin', '2026-03-28T08:00:00.000Z')).toBe('2026-03-29T06:00:00.000Z')
    expect(next(8, 'Europe/Berlin', '2026-10-24T08:00:00.000Z')).toBe('2026-10-25T07:00:00.000Z')
    expect(next(2, 'Europe/Berlin', '2026-03-28T08:00:00.000Z')).toBe('2026-03-30T00:00:00.000Z')
  })
})

test('there is no digest of nothing', () => {
  const none = { count: 0, lines: [] }
  expect(digestOf({ lowStock: none, breaches: none, refunds: none, failures: none })).toBeNull()
  for (const part of ['lowStock', 'breaches', 'refunds', 'failures']) {
    const parts = {
      lowStock: none,
      breaches: none,
      refunds: none,
      failures: none,
      [part]: { ...none, count: 1 },
    }
    expect(digestOf(parts)).toEqual({ kind: 'STAFF_DIGEST', ...parts })
  }
})
