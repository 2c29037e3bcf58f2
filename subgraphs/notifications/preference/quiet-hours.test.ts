import { describe, expect, test } from 'vitest'
import { afterQuietHours, minutesOf, type QuietHours, timeOf } from './quiet-hours.ts'

const night = (timeZone: string, from = '22:00', until = '07:00'): QuietHours => ({
  from: minutesOf(from),
  until: minutesOf(until),
  timeZone,
})
const after = (quiet: QuietHours | null, now: string) => afterQuietHours(quiet, new Date(now)).toISOString()

describe('a message', () => {
  test.each([
    ['2026-11-28T20:59:59.999Z', '2026-11-28T20:59:59.999Z'],
    ['2026-11-28T21:00:00.000Z', '2026-11-29T06:00:00.000Z'],
    ['2026-11-28T23:30:12.345Z', '2026-11-29T06:00:00.000Z'],
    ['2026-11-29T05:59:59.999Z', '2026-11-29T06:00:00.000Z'],
    ['2026-11-29T06:00:00.000Z', '2026-11-29T06:00:00.000Z'],
  ])('of %s in Berlin comes at %s', (now, then) => {
    expect(after(night('Europe/Berlin'), now)).toBe(then)
  })

  test('comes at once without quiet hours', () => {
    expect(after(null, '2026-11-28T23:00:00.000Z')).toBe('2026-11-28T23:00:00.000Z')
  })

  test('waits by day as well', () => {
    expect(after(night('UTC', '13:00', '15:30'), '2026-11-28T13:10:00.000Z')).toBe('2026-11-28T15:30:00.000Z')
    expect(after(night('UTC', '13:00', '15:30'), '2026-11-28T15:30:00.000Z')).toBe('2026-11-28T15:30:00.000Z')
  })

  test('waits in zones off the hour', () => {
    expect(after(night('Asia/Kathmandu'), '2026-11-28T17:00:00.000Z')).toBe('2026-11-29T01:15:00.000Z')
  })

  test.each([
    // Clocks go forward at 1:00 UTC, and back at 1:00 UTC.
    ['2026-03-28T22:00:00.000Z', '2026-03-29T05:00:00.000Z'],
    ['2026-10-24T21:00:00.000Z', '2026-10-25T06:00:00.000Z'],
  ])('of %s waits until seven by the changed clocks: %s', (now, then) => {
    expect(after(night('Europe/Berlin'), now)).toBe(then)
  })

  test.each([
    // 2:00 is followed by 3:00 at 1:00 UTC.
    ['22:00', '02:30', '2026-03-28T23:00:00.000Z'],
    ['22:00', '02:59', '2026-03-28T21:00:00.000Z'],
    ['01:45', '02:40', '2026-03-29T00:50:00.000Z'],
  ])('of quiet hours from %s until a skipped %s comes when the clocks change', (from, until, now) => {
    expect(after(night('Europe/Berlin', from, until), now)).toBe('2026-03-29T01:00:00.000Z')
  })

  test('comes when the first of two equal hours ends the quiet hours', () => {
    // 2:00 to 2:59 is shown twice, from 0:00 and from 1:00 UTC.
    expect(after(night('Europe/Berlin', '22:00', '02:30'), '2026-10-24T21:00:00.000Z')).toBe(
      '2026-10-25T00:30:00.000Z',
    )
  })
})

test('times are written with two digits', () => {
  expect(['00:00', '07:05', '23:59'].map((time) => timeOf(minutesOf(time)))).toEqual([
    '00:00',
    '07:05',
    '23:59',
  ])
})
