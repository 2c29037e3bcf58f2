import { expect, test } from 'vitest'
import { passwordBuckets } from './throttle.ts'

const keys = (email: string, address: string | null) => {
  const { own, shared } = passwordBuckets(email, address)
  return [own, ...shared].map(({ key }) => key)
}

test('a bucket of an account does not tell the e-mail address', () => {
  expect(keys('ada@argyle.example', '203.0.113.9').join()).not.toContain('ada')
})

test('two client addresses share the bucket of the account, and no other', () => {
  const [one, other] = [keys('ada@argyle.example', '203.0.113.9'), keys('ada@argyle.example', '203.0.113.10')]
  expect(one.filter((key) => other.includes(key))).toEqual([one[1]])
})

test('addresses of one IPv6 network share all buckets', () => {
  const [one, other] = ['2001:db8::7', '2001:db8::8'].map((address) => keys('ada@argyle.example', address))
  expect(one).toEqual(other)
  expect(keys('ada@argyle.example', '2001:db8:0:1::7')[2]).not.toBe(one?.[2])
})
