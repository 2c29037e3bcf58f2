import { expect, test } from 'vitest'
import { backoffSeconds, reconnectMs, shouldPoll } from './relay-poll.ts'

const quiet = { polls: 1, isNotified: true, retryAt: 0, now: 1_000_000, pollMs: 1_000 }

test('a relay that is notified looks at every fifth poll', () => {
  expect([1, 2, 3, 4, 5, 6].map((polls) => shouldPoll({ ...quiet, polls }))).toEqual([
    ...[false, false, false, false],
    ...[true, true],
  ])
})

test('a relay that is not notified looks at every poll', () => {
  expect(shouldPoll({ ...quiet, isNotified: false })).toBe(true)
})

test('a relay looks at every poll until the one after a refused row is due', () => {
  const { now } = quiet
  expect(shouldPoll({ ...quiet, retryAt: now + 60_000 })).toBe(true)
  expect(shouldPoll({ ...quiet, retryAt: now - 1_000 })).toBe(true)
  expect(shouldPoll({ ...quiet, retryAt: now - 1_001 })).toBe(false)
})

test('the pause before the next attempt doubles up to a minute', () => {
  expect([1, 2, 3, 10, 11, 1_000].map(backoffSeconds)).toEqual([0.1, 0.2, 0.4, 51.2, 60, 60])
})

test('the pause before the next attempt to connect doubles up to ten seconds', () => {
  expect([0, 1, 2, 6, 7, 1_000].map(reconnectMs)).toEqual([100, 200, 400, 6_400, 10_000, 10_000])
})
