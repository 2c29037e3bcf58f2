import { expect, test } from 'vitest'
import { timeZoneSchema } from './time-zone.ts'

test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'])('%s is a time zone', (name) => {
  expect(timeZoneSchema.parse(name)).toBe(name)
})

test.each(['', 'Berlin', 'Europe/Berlin ', 'x'.repeat(65), 'UTC\0', '+01:00', '-0130'])(
  '%j is none',
  (name) => {
    expect(timeZoneSchema.safeParse(name).success).toBe(false)
  },
)
