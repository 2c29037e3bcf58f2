import { expect, test } from 'vitest'
import { invalidCredentials, judgeRefresh, lastUsed, newSession, SESSION_MS, sessionOver } from './session.ts'

const start = new Date('2026-11-21T08:00:00Z')
const after = (ms: number) => new Date(start.getTime() + ms)
const session = newSession('ses_1', 'usr_1', start)

test.each([
  ['the token in force is rotated', { consumedAt: null }, after(1), 'ROTATE'],
  [
    'the token in force is good until the session expires',
    { consumedAt: null },
    after(SESSION_MS - 1),
    'ROTATE',
  ],
  ['an unused session ends', { consumedAt: null }, after(SESSION_MS), 'OVER'],
  ['a second tab gets the same successor for ten seconds', { consumedAt: after(5) }, after(10_005), 'REPEAT'],
  ['a token used after the grace is a copy', { consumedAt: after(5) }, after(10_006), 'REPLAY'],
] as const)('%s', (_, token, now, verdict) => {
  expect(judgeRefresh(session, token, now)).toBe(verdict)
})

test('an ended session stays ended, whatever token is shown', () => {
  const ended = { ...session, endedAt: after(1), endedBy: 'SIGN_OUT' } as const
  expect(judgeRefresh(ended, { consumedAt: null }, after(2))).toBe('OVER')
  expect(judgeRefresh(ended, { consumedAt: start }, after(SESSION_MS / 2))).toBe('OVER')
})

test('a use starts the 30 days anew, and never runs back', () => {
  expect(lastUsed(session, after(7))).toEqual({ lastUsedAt: after(7), expiresAt: after(7 + SESSION_MS) })
  expect(lastUsed(session, after(-7)).lastUsedAt).toEqual(start)
})

test('a refusal reveals neither which of the two was wrong, nor why a session is over', () => {
  const __typename = 'InvalidCredentialsError'
  expect(invalidCredentials()).toEqual({
    __typename,
    message: 'e-mail address and password do not belong together',
    path: null,
  })
  expect(sessionOver()).toEqual({
    __typename,
    message: 'the session has ended: sign in again',
    path: null,
  })
})
