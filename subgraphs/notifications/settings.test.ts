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

test.each([
  [{ SMS_GATEWAY: 'pigeon' }, 'SMS_GATEWAY'],
  [{ SMS_GATEWAY: 'sink' }, 'SMS_SINK_URL'],
  [{ SMS_GATEWAY: 'sink', SMS_SINK_URL: 'http://10.0.0.1:80/api/sms' }, 'SMS_SINK_URL'],
  [{ SMS_GATEWAY: 'twilio' }, 'TWILIO_ACCOUNT_SID'],
  [{ SMS_PREFIXES: '49' }, 'SMS_PREFIXES'],
  [{ SMS_PREFIXES: '' }, 'SMS_PREFIXES'],
  [{ PUSH_LOOPBACK: 'yes' }, 'PUSH_LOOPBACK'],
  [{ VAPID_SUBJECT: 'shop' }, 'VAPID_SUBJECT'],
])('%o is refused', (settings, name) => {
  const { error } = notificationSettings.safeParse({ LINK_KEY, ...settings })
  expect(error?.issues[0]?.path).toEqual([name])
})

test('a gateway has what it needs', () => {
  const sink = { SMS_GATEWAY: 'sink', SMS_SINK_URL: 'http://127.0.0.1:4059/api/sms' }
  const twilio = {
    ...{ SMS_GATEWAY: 'twilio', TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' },
    TWILIO_SENDER: '+4915112345678',
  }
  for (const settings of [sink, twilio])
    expect(notificationSettings.safeParse({ LINK_KEY, ...settings }).success).toBe(true)
})
