import { expect, test } from 'vitest'
import { notificationSettings } from '../settings.ts'
import { isAllowedEndpoint, MAX_ENDPOINT_LENGTH } from './push-endpoint.ts'

const LINK_KEY = Buffer.alloc(32, 1).toString('base64url')
const { PUSH_HOSTS } = notificationSettings.parse({ LINK_KEY })
const hosts = { hosts: PUSH_HOSTS, isLoopbackAllowed: false }

test.each([
  'https://fcm.googleapis.com/fcm/send/abc:def',
  'https://updates.push.services.mozilla.com/wpush/v2/gAAA',
  'https://web.push.apple.com/QGuP',
  'https://wns2-par02p.notify.windows.com/w/?token=BQYA%3d',
])('a browser’s own push service is known: %s', (endpoint) => {
  expect(isAllowedEndpoint(endpoint, hosts)).toBe(true)
})

test.each([
  'http://fcm.googleapis.com/fcm/send/abc',
  'https://fcm.googleapis.com:8443/fcm/send/abc',
  'https://user@fcm.googleapis.com/fcm/send/abc',
  'https://:secret@fcm.googleapis.com/fcm/send/abc',
  'https://fcm.googleapis.com/fcm/send/abc#part',
  'https://fcm.googleapis.com.evil.example/x',
  'https://evilfcm.googleapis.com/x',
  'https://notify.windows.com/x',
  'https://xnotify.windows.com/x',
  'https://127.0.0.1/x',
  'https://[::1]/x',
  'https://169.254.169.254/latest/meta-data',
  'http://127.0.0.1:4001/graphql',
  'http://localhost/x',
  'https://fcm.googleapis.com\\@10.0.0.1/x',
  'file:///etc/passwd',
  'https://fcm.googleapis.com/ x',
  'fcm.googleapis.com/x',
  '',
])('any other address is refused: %s', (endpoint) => {
  expect(isAllowedEndpoint(endpoint, hosts)).toBe(false)
})

test('an endpoint has a bounded length', () => {
  const base = 'https://fcm.googleapis.com/fcm/send/'
  const ofLength = (length: number) => base + 'x'.repeat(length - base.length)
  expect(isAllowedEndpoint(ofLength(MAX_ENDPOINT_LENGTH), hosts)).toBe(true)
  expect(isAllowedEndpoint(ofLength(MAX_ENDPOINT_LENGTH + 1), hosts)).toBe(false)
})

test('the loopback address is allowed by a setting alone, and no other private address by it', () => {
  const open = { ...hosts, isLoopbackAllowed: true }
  expect(['http://127.0.0.1:9/x', 'http://localhost:9/x'].map((one) => isAllowedEndpoint(one, open))).toEqual(
    [true, true],
  )
  expect(['http://10.0.0.1/x', 'http://[::1]/x'].map((one) => isAllowedEndpoint(one, open))).toEqual([
    false,
    false,
  ])
})
