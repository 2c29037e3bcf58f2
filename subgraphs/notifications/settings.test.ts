import { expect, test } from 'vitest'
import { notificationSettings } from './settings.ts'

const LINK_KEY = Buffer.alloc(32, 1).toString('base64url')
const TWILIO = {
  ...{ SMS_GATEWAY: 'twilio', TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' },
  TWILIO_SENDER: '+4915112345678',
}

test('settings that are left out have their default values', () => {
  expect(notificationSettings.parse({ LINK_KEY })).toEqual({
    LINK_KEY: new Uint8Array(32).fill(1),
    PUBLIC_URL: 'http://localhost:4000',
    SMTP_URL: 'none',
    MAIL_REPORT_KEY: null,
    VAPID_PRIVATE_KEY: null,
    VAPID_SUBJECT: 'mailto:shop@argyle.example',
    PUSH_HOSTS: [
      'fcm.googleapis.com',
      '*.push.services.mozilla.com',
      'web.push.apple.com',
      '*.notify.windows.com',
    ],
    PUSH_LOOPBACK: false,
    SMS_GATEWAY: 'none',
    SMS_SINK_URL: '',
    SMS_PREFIXES: ['+1', '+33', '+39', '+43', '+44', '+49', '+81', '+423'],
    ...{ TWILIO_ACCOUNT_SID: '', TWILIO_AUTH_TOKEN: '', TWILIO_SENDER: '' },
    TWILIO_API_URL: 'https://api.twilio.com',
    SUPPORT_ADDRESS: null,
    MAIL_FROM: 'Argyle <shop@argyle.example>',
    STOREFRONT_URL: 'http://localhost:4000',
    SHOP_TIME_ZONE: 'UTC',
  })
})

test.each([
  ['true', true],
  ['false', false],
])('the text %s of PUSH_LOOPBACK is that truth value', (PUSH_LOOPBACK, is) => {
  expect(notificationSettings.parse({ LINK_KEY, PUSH_LOOPBACK }).PUSH_LOOPBACK).toBe(is)
})

test('the value none turns a setting off', () => {
  const none = { MAIL_REPORT_KEY: 'none', VAPID_PRIVATE_KEY: 'none', SUPPORT_ADDRESS: 'none' }
  expect(notificationSettings.parse({ LINK_KEY, ...none })).toMatchObject({
    ...{ MAIL_REPORT_KEY: null, VAPID_PRIVATE_KEY: null, SUPPORT_ADDRESS: null },
  })
})

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
  [{ SMS_PREFIXES: '+49,43' }, 'SMS_PREFIXES'],
  [{ PUSH_LOOPBACK: 'yes' }, 'PUSH_LOOPBACK'],
  [{ VAPID_SUBJECT: 'shop' }, 'VAPID_SUBJECT'],
  [{ PUBLIC_URL: 'shop.example' }, 'PUBLIC_URL'],
  [{ STOREFRONT_URL: 'ftp://shop.example' }, 'STOREFRONT_URL'],
  [{ TWILIO_API_URL: 'api.twilio.com' }, 'TWILIO_API_URL'],
  [{ SMTP_URL: 'http://mail.example' }, 'SMTP_URL'],
  [{ SMTP_URL: 'smtp://mail.example:port' }, 'SMTP_URL'],
  [{ MAIL_REPORT_KEY: Buffer.alloc(31).toString('base64url') }, 'MAIL_REPORT_KEY'],
  [{ SUPPORT_ADDRESS: 'twelve-chars@argyle.example' }, 'SUPPORT_ADDRESS'],
  [{ MAIL_FROM: 'shop@argyle.example' }, 'MAIL_FROM'],
  [{ MAIL_FROM: 'Argyle\nBcc: ada@argyle.example <shop@argyle.example>' }, 'MAIL_FROM'],
  [{ SHOP_TIME_ZONE: 'Leipzig' }, 'SHOP_TIME_ZONE'],
  [{ PUSH_HOSTS: Array.from({ length: 51 }, (_, index) => `p${index}.example`).join() }, 'PUSH_HOSTS'],
  [{ SMS_PREFIXES: Array.from({ length: 251 }, (_, index) => `+${index + 1}`).join() }, 'SMS_PREFIXES'],
  [{ ...TWILIO, TWILIO_ACCOUNT_SID: 'AC0' }, 'TWILIO_ACCOUNT_SID'],
  [{ ...TWILIO, TWILIO_AUTH_TOKEN: '' }, 'TWILIO_AUTH_TOKEN'],
  [{ ...TWILIO, TWILIO_SENDER: 'Argyle' }, 'TWILIO_SENDER'],
])('%o is refused', (settings, name) => {
  const { error } = notificationSettings.safeParse({ LINK_KEY, ...settings })
  expect(error?.issues[0]?.path).toEqual([name])
})

test.each([
  [{ SMTP_URL: 'smtps://shop:secret@mail.example:465' }],
  [{ TWILIO_API_URL: 'https://proxy.example' }],
  [{ VAPID_SUBJECT: 'https://shop.example' }],
  [{ SUPPORT_ADDRESS: `${'s'.repeat(11)}@argyle.example` }],
  [{ PUSH_HOSTS: Array.from({ length: 50 }, (_, index) => `p${index}.example`).join(', ') }],
  [{ SMS_PREFIXES: Array.from({ length: 250 }, (_, index) => `+${index + 1}`).join(', ') }],
  [{ MAIL_FROM: `${'A'.repeat(99)} <shop@argyle.example>` }],
])('%o is accepted', (settings) => {
  expect(notificationSettings.safeParse({ LINK_KEY, ...settings }).success).toBe(true)
})

test('a gateway has what it needs', () => {
  const sink = { SMS_GATEWAY: 'sink', SMS_SINK_URL: 'http://127.0.0.1:4059/api/sms' }
  const service = { ...TWILIO, TWILIO_SENDER: `MG${'0'.repeat(32)}` }
  for (const settings of [sink, TWILIO, service])
    expect(notificationSettings.safeParse({ LINK_KEY, ...settings }).success).toBe(true)
})
