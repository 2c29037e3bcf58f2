import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { answerCors } from './cors.ts'

const SHOP = 'https://shop.test'
const EXPOSED = 'x-request-id, www-authenticate, graphql-cost'

type Settings = { readonly origins: string[]; readonly credentials: boolean }
const OFF: Settings = { origins: [], credentials: false }
const LISTED: Settings = { origins: ['https://a.test', SHOP], credentials: true }
const ANY: Settings = { origins: ['*'], credentials: false }

/** The headers for a browser, and whether they complete the response. */
function told(method: string, headers: Readonly<Record<string, string>>, settings: Settings) {
  const request = Object.assign(new IncomingMessage(new Socket()), { method, headers })
  const response = new ServerResponse(request)
  const head = vi.spyOn(response, 'writeHead')
  const isAnswered = answerCors(request, response, settings)
  const { 'x-content-type-options': _, allow, ...rest } = response.getHeaders()
  return {
    isAnswered,
    status: head.mock.calls[0]?.[0],
    allow: isAnswered ? allow : undefined,
    headers: { ...rest },
  }
}

test.each<[string, Settings, string | undefined, object]>([
  ['without settings', OFF, SHOP, {}],
  ['of a listed origin', LISTED, SHOP, { ...allowed(SHOP), 'access-control-allow-credentials': 'true' }],
  ['of a listed origin without cookies', { ...LISTED, credentials: false }, SHOP, allowed(SHOP)],
  // A cache must not give this answer to a page of a listed origin, so it varies too.
  ['of another origin', LISTED, 'https://evil.test', { vary: 'origin' }],
  ['of a subdomain', LISTED, 'https://x.shop.test', { vary: 'origin' }],
  ['of another scheme', LISTED, 'http://shop.test', { vary: 'origin' }],
  ['without an origin', LISTED, undefined, { vary: 'origin' }],
  ['of any origin', ANY, SHOP, allowed('*')],
  ['without an origin, of any', ANY, undefined, { vary: 'origin' }],
])('a POST %s', (_, settings, origin, headers) => {
  expect(told('POST', origin === undefined ? {} : { origin }, settings)).toEqual({
    ...{ isAnswered: false, status: undefined, allow: undefined, headers },
  })
})

function allowed(origin: string) {
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED,
  }
}

test.each<[string, Settings, string, string | undefined, object]>([
  [
    'of a listed origin',
    LISTED,
    SHOP,
    'content-type, x-shop',
    {
      ...{ ...allowed(SHOP), ...preflight(), 'access-control-allow-headers': 'content-type, x-shop' },
      // Without it a browser does not send the request with cookies.
      'access-control-allow-credentials': 'true',
    },
  ],
  [
    'that asks for no headers',
    { ...LISTED, credentials: false },
    SHOP,
    undefined,
    { ...allowed(SHOP), ...preflight() },
  ],
  ['of another origin', LISTED, 'https://evil.test', 'content-type', { vary: 'origin' }],
  ['without settings', OFF, SHOP, 'content-type', {}],
])('a preflight %s is answered', (_, settings, origin, asked, headers) => {
  const sent = { origin, ...(asked !== undefined && { 'access-control-request-headers': asked }) }
  const { isAnswered, status, headers: answered } = told('OPTIONS', sent, settings)
  expect([isAnswered, status]).toEqual([true, 204])
  expect(answered).toMatchObject(headers)
  const names = Object.keys(answered).filter((name) => /^(access-control|vary)/.test(name))
  expect(names.toSorted()).toEqual(Object.keys(headers).toSorted())
})

function preflight() {
  return { 'access-control-allow-methods': 'GET, POST', 'access-control-max-age': '600' }
}
