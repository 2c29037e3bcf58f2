import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { headFault, originForm } from './request-head.ts'

type Head = {
  readonly url?: string
  readonly method?: string
  readonly version?: readonly [major: number, minor: number]
  readonly fields?: readonly (readonly [name: string, value: string])[]
}

const HOST = ['host', 'shop.test'] as const

/** The fault of a request with this head, a valid POST by default. */
function faultOf({ url = '/graphql', method = 'POST', version = [1, 1], fields = [HOST] }: Head) {
  const [httpVersionMajor, httpVersionMinor] = version
  // As Node's parser reads them: the first of several fields with one name counts.
  const headers = Object.fromEntries(fields.toReversed())
  return headFault(
    Object.assign(new IncomingMessage(new Socket()), {
      ...{ url, method, httpVersionMajor, httpVersionMinor, headers, rawHeaders: fields.flat() },
    }),
  )
}

describe('a head that is refused says why', () => {
  test.each<[what: string, head: Head, status: number, message: string]>([
    ['another version', { version: [2, 0] }, 505, 'HTTP/2.0 is not supported: send HTTP/1.1.'],
    ['a later version', { version: [1, 2] }, 505, 'HTTP/1.2 is not supported: send HTTP/1.1.'],
    ['a field twice', { fields: [HOST, HOST] }, 400, 'The header host must be sent at most once.'],
    ['no host', { fields: [] }, 400, 'The header host is missing.'],
    [
      'a host with a path',
      { fields: [['host', 'shop.test/a']] },
      400,
      'Host "shop.test/a" is not of the form "name" or "name:port".',
    ],
    [
      'a port of six digits',
      { fields: [['host', 'shop.test:123456']] },
      400,
      'Host "shop.test:123456" is not of the form "name" or "name:port".',
    ],
    [
      'a coding in HTTP/1.0',
      { version: [1, 0], fields: [['transfer-encoding', 'chunked']] },
      400,
      'HTTP/1.0 has no transfer-encoding.',
    ],
    [
      'another coding',
      { fields: [HOST, ['transfer-encoding', 'gzip']] },
      501,
      'Transfer-Encoding "gzip" is not supported: send only chunked.',
    ],
    [
      'a target that is no path',
      { url: 'graphql' },
      400,
      'The request target "graphql" is not a path, such as "/graphql".',
    ],
    // RFC 9112, section 3.2.4: only OPTIONS may ask about the server as a whole.
    [
      'a GET of *',
      { url: '*', method: 'GET' },
      400,
      'The request target "*" is not a path, such as "/graphql".',
    ],
  ])('%s', (_, head, status, message) => {
    expect(faultOf(head)).toMatchObject({
      ...{ status, headers: [], errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] },
    })
  })
})

test.each<[what: string, head: Head]>([
  ['an ordinary one', {}],
  ['HTTP/1.0 without a host', { version: [1, 0], fields: [] }],
  ['a port of five digits', { fields: [['host', 'shop.test:65535']] }],
  ['a port without digits', { fields: [['host', 'shop.test:']] }],
  ['OPTIONS *', { url: '*', method: 'OPTIONS' }],
  ['a coding in capitals', { fields: [HOST, ['transfer-encoding', 'CHUNKED']] }],
  [
    'a field twice that has a list',
    {
      fields: [HOST, ['accept', 'a/b'], ['accept', 'c/d'], ['x-a', '1'], ['x-a', '2']],
    },
  ],
])('a head without a fault: %s', (_, head) => {
  expect(faultOf(head)).toBeNull()
})

test.each([
  ['/graphql', '/graphql'],
  ['/graphql?a=%41', '/graphql?a=%41'],
  ['/%67raph%71l?%61', '/graphql?%61'],
  ['/%2E%7e%5F%2d', '/.~_-'],
  // Reserved characters and others keep their encoding, since it is not the same resource.
  ['/a%2fb%3Fc%20%e2', '/a%2fb%3Fc%20%e2'],
  ['/a%zz%6', '/a%zz%6'],
  ['http://shop.test/graphql?a=1', '/graphql?a=1'],
  ['HTTPS://shop.test:443/%67raphql', '/graphql'],
  ['http://shop.test', '/'],
  ['http://shop.test?a=1', '/?a=1'],
  ['*', '*'],
])('the target %s in origin-form is %s', (target, expected) => {
  expect(originForm(target)).toBe(expected)
})
