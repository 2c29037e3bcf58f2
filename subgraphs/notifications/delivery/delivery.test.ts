import { expect, test } from 'vitest'
import { afterTry, pauseMs, RETRIES } from './delivery.ts'

const now = new Date('2026-11-28T09:30:00.000Z')
const mail = (attempts: number) => ({ channel: 'EMAIL', attempts }) as const

test('what was sent is sent', () => {
  expect(afterTry({ type: 'sent' }, mail(3), now)).toEqual({
    status: 'SENT',
    availableAt: now,
    sentAt: now,
    lastError: null,
  })
})

test('a try in vain is repeated after growing pauses, ten times in most of a day', () => {
  const { attempts } = RETRIES.EMAIL
  const pauses = Array.from({ length: attempts - 1 }, (_, index) => pauseMs('EMAIL', index + 1))
  expect(pauses.slice(0, 3)).toEqual([10_000, 40_000, 160_000])
  expect(pauses.at(-1)).toBe(6 * 3_600_000)
  const later = { type: 'later', reason: '451 try again' } as const
  expect(afterTry(later, mail(1), now)).toEqual({
    status: 'QUEUED',
    availableAt: new Date(now.getTime() + 10_000),
    sentAt: null,
    lastError: '451 try again',
  })
  expect(afterTry(later, mail(attempts - 1), now).status).toBe('QUEUED')
  expect(afterTry(later, mail(attempts), now)).toMatchObject({ status: 'FAILED', lastError: '451 try again' })
})

test('what is refused for good, or cannot be sent, is not tried again', () => {
  expect(afterTry({ type: 'refused', reason: '550 no such mailbox' }, mail(1), now).status).toBe('FAILED')
  expect(afterTry({ type: 'suppressed', reason: 'no server' }, mail(1), now).status).toBe('SUPPRESSED')
})

test('a server’s own pause holds, from the channel’s pause up to its bound', () => {
  const push = { channel: 'PUSH', attempts: 1 } as const
  const waitOf = (retryAfterMs: number) => {
    const { availableAt } = afterTry({ type: 'later', reason: '429', retryAfterMs }, push, now)
    return availableAt.getTime() - now.getTime()
  }
  expect([0, 10_001, 3_600_000, 3_600_001, 1e12].map(waitOf)).toEqual([
    10_000, 10_001, 3_600_000, 3_600_000, 3_600_000,
  ])
})

test.each(['PUSH', 'SMS'] as const)('a message by %s is given up after an hour', (channel) => {
  const { attempts } = RETRIES[channel]
  const pauses = Array.from({ length: attempts - 1 }, (_, index) => pauseMs(channel, index + 1))
  expect(pauses).toEqual([10_000, 40_000, 160_000, 640_000, 2_560_000])
  expect(pauseMs(channel, 6)).toBe(3_600_000)
})
