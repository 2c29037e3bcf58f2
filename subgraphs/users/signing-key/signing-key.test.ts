import { expect, test } from 'vitest'
import { type KeyState, PUBLISHED_AFTER_MS, planRotation, ROTATE_AFTER_MS } from './signing-key.ts'

const now = new Date('2026-11-21T08:00:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms)
const current = (activatedAt: Date): KeyState => ({
  kid: 'current',
  status: 'CURRENT',
  activatedAt,
  retiredAt: null,
})
const next: KeyState = { kid: 'next', status: 'NEXT', activatedAt: null, retiredAt: null }
const retired = (retiredAt: Date): KeyState => ({
  kid: 'old',
  status: 'RETIRED',
  activatedAt: ago(1e12),
  retiredAt,
})
const idle = { remove: [], retire: null, activate: null, make: [] }

test('a shop without keys gets one that signs and one that waits', () => {
  expect(planRotation([], now)).toEqual({ ...idle, make: ['CURRENT', 'NEXT'] })
})

test('a young key signs on', () => {
  expect(planRotation([current(ago(ROTATE_AFTER_MS)), next], now)).toEqual(idle)
})

test('after its time the key that waited signs, and a new one waits', () => {
  const plan = { ...idle, retire: 'current', activate: 'next', make: ['NEXT'] }
  expect(planRotation([current(ago(ROTATE_AFTER_MS + 1)), next], now)).toEqual(plan)
  expect(planRotation([current(now), next], now, true)).toEqual(plan)
})

test('a missing spare is made', () => {
  expect(planRotation([current(now)], now)).toEqual({ ...idle, make: ['NEXT'] })
  expect(planRotation([next], now)).toEqual({ ...idle, activate: 'next', make: ['NEXT'] })
})

test('a retired key is published until its last token has expired, then it goes', () => {
  const keys = [current(now), next]
  expect(planRotation([...keys, retired(ago(PUBLISHED_AFTER_MS))], now)).toEqual(idle)
  expect(planRotation([...keys, retired(ago(PUBLISHED_AFTER_MS + 1))], now)).toEqual({
    ...idle,
    remove: ['old'],
  })
})

test('a key signs for 30 days, and is published for the 10 minutes of a token and two of late replicas and clocks', () => {
  expect(ROTATE_AFTER_MS).toBe(30 * 24 * 3_600_000)
  expect(PUBLISHED_AFTER_MS).toBe(12 * 60_000)
})
