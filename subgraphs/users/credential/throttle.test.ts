import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as allowances from './throttle.ts'

const { passwordBuckets } = allowances

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

const MS = { s: 1_000, min: 60_000, h: 3_600_000 }

test('the allowances are those that the README promises', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| .+ \| (?<burst>\d+) \| (?<every>\d+) (?<unit>s|min|h) \|$/gm)]
  const promised = rows.map(({ groups }) => ({
    burst: Number(groups?.burst),
    // The units of the pattern are the keys of the table.
    everyMs: Number(groups?.every) * MS[groups?.unit as keyof typeof MS],
  }))
  expect(promised).toEqual([
    allowances.PER_ACCOUNT_AND_ADDRESS,
    allowances.PER_ACCOUNT,
    allowances.PER_ADDRESS,
    allowances.REFRESHES_PER_ADDRESS,
    allowances.SIGN_UPS_PER_ADDRESS,
    allowances.SIGN_UPS_PER_EMAIL,
    allowances.SIGN_UPS_PER_EMAIL_IN_ALL,
    allowances.LINKS_PER_EMAIL,
    allowances.LINKS_PER_ADDRESS,
    allowances.TOKENS_PER_ADDRESS,
    allowances.EMAIL_CHANGES_PER_ACCOUNT,
  ])
})
