import { expect, test } from 'vitest'
import { updateNotificationPreferencesInput } from './preference-input.ts'

const read = (but: object) => updateNotificationPreferencesInput.parse({ expectedVersion: 1, ...but })
const choice = { kind: 'WELCOME', channel: 'EMAIL', isEnabled: false }

test('fields that may be null are accepted as null', () => {
  const nulls = { choices: null, quietHours: null, allowsOpenTracking: null, digestTime: null }
  expect(read(nulls)).toEqual({ expectedVersion: 1, ...nulls })
  expect(read({})).toEqual({ expectedVersion: 1 })
})

test('100 choices are accepted', () => {
  expect(read({ choices: Array(100).fill(choice) }).choices).toHaveLength(100)
})

test.each(['00:00', '09:59', '19:00', '20:00', '23:59'])('quiet hours may begin at %s', (from) => {
  const quietHours = { from, until: '07:05', timeZone: 'UTC' }
  const [hours, minutes] = from.split(':').map(Number)
  const began = { from: (hours ?? 0) * 60 + (minutes ?? 0), until: 425, timeZone: 'UTC' }
  expect(read({ quietHours }).quietHours).toEqual(began)
})

test.each([0, 23])('the digest may come at %i o’clock', (hour) => {
  const digestTime = { hour, timeZone: 'UTC' }
  expect(read({ digestTime }).digestTime).toEqual(digestTime)
})
