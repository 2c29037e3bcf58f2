import { expect, test } from 'vitest'
import { afterTry, MOST_ATTEMPTS, pauseMs } from './delivery.ts'

const now = new Date('2026-11-28T09:30:00.000Z')

test('what was sent is sent', () => {
  expect(afterTry({ type: 'sent' }, 3, now)).toEqual({
    status: 'SENT',
    availableAt: now,
    sentAt: now,
    lastError: null,
  })
})

test('a try in vain is repeated after growing pauses, ten times in most of a day', () => {
  const pauses = Array.from({ length: MOST_ATTEMPTS - 1 }, (_, index) => pauseMs(index + 1))
  expect(pauses.slice(0, 3)).toEqual([10_000, 40_000, 160_000])
  expect(pauses.at(-1)).toBe(6 * 3_600_000)
  const later = { type: 'later', reason: '451 try again' } as const
  expect(afterTry(later, 1, now)).toEqual({
    status: 'QUEUED',
    availableAt: new Date(now.getTime() + 10_000),
    sentAt: null,
    lastError: '451 try again',
  })
  expect(afterTry(later, MOST_ATTEMPTS - 1, now).status).toBe('QUEUED')
  expect(afterTry(later, MOST_ATTEMPTS, now)).toMatchObject({ status: 'FAILED', lastError: '451 try again' })
})

test('what is refused for good, or cannot be sent, is not tried again', () => {
  expect(afterTry({ type: 'refused', reason: '550 no such mailbox' }, 1, now).status).toBe('FAILED')
  expect(afterTry({ type: 'suppressed', reason: 'no server' }, 1, now).status).toBe('SUPPRESSED')
})
