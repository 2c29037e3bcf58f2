import { expect, test } from 'vitest'
import { ANONYMOUS, EXPIRED, userIdentity } from '../../security/identity.ts'
import { parseSettings, type RouterSettingsInput } from '../../settings.ts'
import { cachingHeaders } from './cache-control.ts'

const settings = parseSettings(
  {
    http: { caching: { time: '60s', shared: true } },
    headers: {
      request: [{ name: 'authorization' }, { name: 'accept-language' }, { cookie: 'sid', to: ['users'] }],
    },
  },
  'a test',
)

const VARY = 'accept, accept-encoding, authorization, accept-language, cookie'
const headersFor = (
  client: Record<string, string>,
  { identity = ANONYMOUS, returned = new Map<string, string[]>(), isGet = true, isWhole = true } = {},
) => cachingHeaders(settings)(isGet, isWhole, { identity, returned, headers: client })

const PUBLIC = ['cache-control', 'public, max-age=60', 'vary', VARY]
const PRIVATE = ['cache-control', 'private, max-age=60', 'vary', VARY]
const NO_STORE = ['cache-control', 'no-store']

test.each<[what: string, headers: readonly string[], expected: readonly string[]]>([
  ['whose fetches carry nothing of the caller', headersFor({}), PUBLIC],
  ['whose fetches carry a header that is no credential', headersFor({ 'accept-language': 'fr' }), PUBLIC],
  ['whose fetches carry its authorization', headersFor({ authorization: 'Bearer me' }), PRIVATE],
  ['whose fetches carry its cookie', headersFor({ cookie: 'a=1; sid=2' }), PRIVATE],
  ['to a caller with a cookie that no rule passes', headersFor({ cookie: 'sidX=1; other=2' }), PUBLIC],
  ['to a user', headersFor({}, { identity: userIdentity('u', null, '') }), PRIVATE],
  ['to a caller whose token has expired', headersFor({}, { identity: EXPIRED }), NO_STORE],
  ['that brings a cookie', headersFor({}, { returned: new Map([['set-cookie', ['a=1']]]) }), NO_STORE],
  ['with errors', headersFor({}, { isWhole: false }), NO_STORE],
  ['to a POST', headersFor({}, { isGet: false }), NO_STORE],
])('an answer %s may be kept as far as it is nobody else’s', (_, headers, expected) => {
  expect(headers).toEqual(expected)
})

test('a router that passes no authorization lets caches share answers to those who send one', () => {
  const plain = parseSettings({ http: { caching: { time: '60s', shared: true } } }, 'a test')
  const client = { authorization: 'Bearer me', cookie: 'sid=1' }
  const headers = cachingHeaders(plain)(true, true, {
    identity: ANONYMOUS,
    returned: new Map(),
    headers: client,
  })
  expect(headers[1]).toBe('public, max-age=60')
})

test.each<[http: RouterSettingsInput['http'], expected: string]>([
  [{ caching: { time: '60s' } }, 'private, max-age=60'],
  [{ caching: { time: '1999ms', shared: true } }, 'public, max-age=1'],
  [{ caching: { shared: true } }, 'no-store'],
  [{}, 'no-store'],
])('by the settings %j an answer to an anonymous GET is sent with %s', (http, expected) => {
  const context = { identity: ANONYMOUS, returned: new Map(), headers: {} }
  expect(cachingHeaders(parseSettings({ http }, 'a test'))(true, true, context)[1]).toBe(expected)
})

test('an answer that pages of other origins may read is kept for its origin alone', () => {
  const http = { caching: { time: '60s' }, cors: { origins: ['https://shop.test'] } }
  const context = { identity: ANONYMOUS, returned: new Map(), headers: {} }
  const headers = cachingHeaders(parseSettings({ http }, 'a test'))(true, true, context)
  expect(headers.slice(2)).toEqual(['vary', 'accept, accept-encoding, authorization, origin'])
})
