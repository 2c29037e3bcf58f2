import { expect, test } from 'vitest'
import { notificationSettings } from './settings.ts'

const LINK_KEY = Buffer.alloc(32, 1).toString('base64url')

test.each(['*', 'https://push.example', 'Push.example', 'localhost', '', 'a.example,,b.example'])(
  'PUSH_HOSTS is not %j',
  (PUSH_HOSTS) => {
    expect(notificationSettings.safeParse({ LINK_KEY, PUSH_HOSTS }).success).toBe(false)
  },
)

test('a key for push is one of the curve', () => {
  const of = (bytes: Buffer) =>
    notificationSettings.safeParse({ LINK_KEY, VAPID_PRIVATE_KEY: bytes.toString('base64url') }).success
  expect([Buffer.alloc(32, 1), Buffer.alloc(32), Buffer.alloc(32, 255), Buffer.alloc(31, 1)].map(of)).toEqual(
    [true, false, false, false],
  )
})
