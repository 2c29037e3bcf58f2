import { expect, test } from 'vitest'
import { noteOf } from './webhooks.ts'

test.each([
  ['approve', 1, 0],
  ['webhook_none', 0, 0],
  ['webhook_twice', 2, 0],
  ['webhook_late', 1, 20],
  ['webhook_reordered', 1, 4],
])('the webhook of an authorization with %s is sent %d times, after %d seconds', (behaviour, times, late) => {
  const note = noteOf({ behaviour, status: 'AUTHORIZED', type: 'payment.changed' })
  expect(note).toEqual([expect.stringMatching(/^gev_/), 'payment.changed', times, late])
})

test('only the webhook of the authorization is held back, so that the one of the capture overtakes it', () => {
  const [, , , late] = noteOf({ behaviour: 'webhook_reordered', status: 'CAPTURED', type: 'payment.changed' })
  expect(late).toBe(0)
})
