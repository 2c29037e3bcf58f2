import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { HttpError } from '../http-error.ts'
import { refuseCrossSite } from './csrf.ts'

const ORIGINS = ['https://shop.test', '*', 'null']

/**
 * The `accept` header of `@urql/core` 5, which by default sends queries by GET without any special header.
 */
const URQL =
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed'

function refusalOf(method: string, headers: Record<string, string>): string | null {
  try {
    // Nothing else of a request is read.
    refuseCrossSite({ method, headers: { accept: URQL, ...headers } } as unknown as IncomingMessage, ORIGINS)
    return null
  } catch (error) {
    if (error instanceof HttpError) return error.message
    throw error
  }
}

describe('a GET without a header of its own', () => {
  test.each<[string, Record<string, string>]>([
    ['of the same origin', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }],
    ['of a listed origin', { origin: 'https://shop.test', 'sec-fetch-site': 'cross-site' }],
    ['of a listed origin, by a browser without fetch metadata', { origin: 'https://shop.test' }],
    ['with a header of its own', { 'apollo-require-preflight': '1' }],
    ['with the name of its operation', { 'x-apollo-operation-name': 'Browse' }],
    ['with a header of another vendor', { 'graphql-require-preflight': '1' }],
    ['of type JSON', { 'content-type': 'Application/JSON; charset=utf-8' }],
  ])('%s is taken', (_, headers) => {
    expect(refusalOf('GET', headers)).toBeNull()
  })

  test.each<[string, Record<string, string>]>([
    ['of nobody knows where', {}],
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of another origin of this site', { 'sec-fetch-site': 'same-site' }],
    ['of an address that was typed', { 'sec-fetch-site': 'none' }],
    ['of an origin that is not listed', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
    ['of an origin that only begins alike', { origin: 'https://shop.test.evil.test' }],
    ['of no origin in particular', { origin: 'null' }],
    ['of any origin', { origin: '*' }],
    [
      'of another origin, with contradicting metadata',
      { origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' },
    ],
    ['of a type that some browsers send without a preflight', { 'content-type': 'message/rfc822' }],
    ['of another type of JSON', { 'content-type': 'application/json-seq' }],
    ['with an empty header', { 'apollo-require-preflight': '' }],
  ])('%s is refused, and the message names the remedy', (_, headers) => {
    expect(refusalOf('GET', headers)).toMatch(/apollo-require-preflight.*preferGetMethod: false/)
  })
})

describe('a POST', () => {
  // The types that a page of another site sends without a preflight (Fetch Standard, section 2.2.2), in any spelling; `fetch` sends
  // a Blob without a type and without the header.
  test.each([
    undefined,
    '',
    'text/plain',
    'Text/Plain;charset=UTF-8',
    ' text/plain ; a=b',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'json',
    'application/',
  ])('of the type %j is refused, of a listed origin too, and the message names the remedy', (type) => {
    const sent = { origin: 'https://shop.test', 'sec-fetch-site': 'same-origin' }
    const headers = type === undefined ? sent : { ...sent, 'content-type': type }
    expect(refusalOf('POST', headers)).toBe(
      'This might be a Cross-Site Request Forgery (CSRF): send content-type application/json, or one of the headers apollo-require-preflight, x-apollo-operation-name, graphql-require-preflight.',
    )
    expect(refusalOf('POST', { ...headers, 'graphql-require-preflight': '1' })).toBeNull()
  })

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/graphql+json',
    'text/html',
    'text/plain, text/html',
  ])('of the type %s is taken, which needs a preflight', (type) => {
    expect(refusalOf('POST', { 'content-type': type })).toBeNull()
  })
})
