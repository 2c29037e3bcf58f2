import { expect, test } from 'vitest'
import { accountKey, addressKey, secondsToWait } from './throttle.ts'

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
  ['2001:db8::7', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, counted) => {
  expect(addressKey('sign-in', address)).toBe(`sign-in:${counted}`)
})

test('an IPv4 address within IPv6 is its own, not one bucket for all of them', () => {
  expect(addressKey('sign-in', '::ffff:203.0.113.9')).not.toBe(addressKey('sign-in', '::ffff:203.0.113.200'))
})

test('a bucket of an account does not tell the address', () => {
  expect(accountKey('ada@argyle.example')).not.toContain('ada')
})

test('a full bucket of 3 takes one more when the oldest has leaked', () => {
  const now = new Date('2026-11-21T08:00:00Z')
  const full = new Date(now.getTime() + 3 * 60_000)
  expect(secondsToWait(full, { burst: 3, everyMs: 60_000 }, now)).toBe(60)
  expect(secondsToWait(full, { burst: 3, everyMs: 60_000 }, new Date(now.getTime() + 59_001))).toBe(1)
})
