import { expect, test } from 'vitest'
import { userSettings } from './settings.ts'

const key = Buffer.alloc(32, 1).toString('base64url')
const least = {
  ACCESS_TOKEN_ISSUER: 'https://shop.example',
  ACCESS_TOKEN_AUDIENCE: 'shop',
  SIGNING_KEY_SECRET: key,
  LINK_KEY: key,
}

test('the refresh cookie goes over TLS only, unless that is turned off', () => {
  expect(userSettings.parse(least).COOKIE_SECURE).toBe('true')
  expect(userSettings.parse({ ...least, COOKIE_SECURE: 'false' }).COOKIE_SECURE).toBe('false')
})

test.each(Object.keys(least))('%s is needed', (name) => {
  for (const value of [undefined, '']) {
    const { error } = userSettings.safeParse({ ...least, [name]: value })
    expect(error?.issues.map(({ path }) => path)).toEqual([[name]])
  }
})

test.each([
  ['SIGNING_KEY_SECRET', 'short'],
  ['LINK_KEY', 'short'],
  ['COOKIE_SECURE', 'yes'],
])('%s is not %j', (name, value) => {
  const { error } = userSettings.safeParse({ ...least, [name]: value })
  expect(error?.issues.map(({ path }) => path)).toEqual([[name]])
})
