import { expect, test } from 'vitest'
import { supportSettings } from './settings.ts'

test('settings that are left out have their default values', () => {
  expect(supportSettings.parse({})).toEqual({
    REOPEN_DAYS: 14,
    GUEST_TICKET_DAYS: 400,
    STOREFRONT_URL: 'http://localhost:4000',
    SUPPORT_MAIL_KEY: null,
    SUPPORT_MAIL_SERVER: null,
  })
})

test('a mail server is none, or has a key and a name', () => {
  const none = { SUPPORT_MAIL_KEY: 'none', SUPPORT_MAIL_SERVER: 'none' }
  expect(supportSettings.parse(none)).toMatchObject({ SUPPORT_MAIL_KEY: null, SUPPORT_MAIL_SERVER: null })
  const one = {
    SUPPORT_MAIL_KEY: Buffer.alloc(32, 1).toString('base64url'),
    SUPPORT_MAIL_SERVER: 'mx.argyle.example',
  }
  expect(supportSettings.parse(one)).toMatchObject({
    SUPPORT_MAIL_KEY: new Uint8Array(32).fill(1),
    SUPPORT_MAIL_SERVER: 'mx.argyle.example',
  })
})

test.each([
  ['REOPEN_DAYS', '0', 'a whole number from 1 to 365'],
  ['REOPEN_DAYS', '366', 'a whole number from 1 to 365'],
  ['GUEST_TICKET_DAYS', '0', 'a whole number from 1 to 3650'],
  ['GUEST_TICKET_DAYS', '3651', 'a whole number from 1 to 3650'],
  ['STOREFRONT_URL', 'argyle.example', 'a URL that starts with http:// or https://'],
  ['SUPPORT_MAIL_SERVER', 'mx argyle', 'none, or the name of a mail server such as mx.argyle.example'],
  ['SUPPORT_MAIL_SERVER', 'x'.repeat(254), 'none, or the name of a mail server such as mx.argyle.example'],
])('%s is not %j', (name, value, message) => {
  const { error } = supportSettings.safeParse({ [name]: value })
  expect(error?.issues).toMatchObject([{ path: [name], message }])
})

test.each([
  ['REOPEN_DAYS', '1', 1],
  ['REOPEN_DAYS', '365', 365],
  ['GUEST_TICKET_DAYS', '1', 1],
  ['GUEST_TICKET_DAYS', '3650', 3_650],
  ['SUPPORT_MAIL_SERVER', 'x'.repeat(253), 'x'.repeat(253)],
])('%s may be %j', (name, value, read) => {
  expect(supportSettings.parse({ [name]: value })).toMatchObject({ [name]: read })
})

test('a key of another length is refused', () => {
  const SUPPORT_MAIL_KEY = Buffer.alloc(31, 1).toString('base64url')
  expect(supportSettings.safeParse({ SUPPORT_MAIL_KEY }).error?.issues[0]?.path).toEqual(['SUPPORT_MAIL_KEY'])
})
