import { describe, expect, test } from 'vitest'
import { encodingFor, GRAPHQL_RESPONSE, isJson, JSON_RESPONSE, wantedBy } from './media-types.ts'

describe('the media type of an answer', () => {
  test.each<[accept: string | undefined, type: string | undefined, isLegacy?: boolean]>([
    [undefined, JSON_RESPONSE, false],
    ['', JSON_RESPONSE, false],
    ['*/*', JSON_RESPONSE, false],
    ['application/*', JSON_RESPONSE, false],
    ['application/json', JSON_RESPONSE, true],
    ['application/json;q=0, */*', GRAPHQL_RESPONSE, false],
    ['*/*, application/json;q=0', GRAPHQL_RESPONSE, false],
    ['application/json;q=0.000, application/*', GRAPHQL_RESPONSE, false],
    ['application/json;q=0.5, */*', GRAPHQL_RESPONSE, false],
    ['application/json, */*;q=0.5', JSON_RESPONSE, true],
    ['application/graphql-response+json;q=0, */*', JSON_RESPONSE, false],
    ['application/graphql-response+json;q=0.5, */*;q=0.9', JSON_RESPONSE, false],
    ['application/graphql-response+json; q=0.9, application/json; q=0.8, */*', GRAPHQL_RESPONSE, false],
    ['application/graphql-response+json;Q=0.1, Application/JSON;Q=0.2', JSON_RESPONSE, true],
    ['text/html, */*;q=0.1', JSON_RESPONSE, false],
    ['application/json;q=5, application/graphql-response+json', GRAPHQL_RESPONSE, false],
    ['application/json;q=0', undefined],
    ['application/json;q=0, application/json', undefined],
    ['application/json;q=0, application/graphql-response+json;q=0, */*', undefined],
    ['application/*;q=0, */*', undefined],
    ['*/*;q=0', undefined],
    ['text/html', undefined],
    ['application/json;q=-1', undefined],
    ['application/json;q=a', undefined],
  ])('by %s', (accept, type, isLegacy) => {
    // Twice: the second result comes from the cache.
    for (const wanted of [wantedBy(accept), wantedBy(accept)]) {
      expect(wanted?.type).toBe(type)
      expect(wanted?.isLegacy).toBe(isLegacy)
    }
  })
})

describe('the encoding of an answer', () => {
  test.each<[accept: string | undefined, encoding: string | null, isRequired: boolean]>([
    [undefined, null, false],
    ['', null, false],
    ['gzip, deflate, br', 'br', false],
    ['br;q=0.5, gzip;q=1', 'gzip', false],
    ['br;q=0.1,gzip;q=0.9,identity;q=0.5', 'gzip', false],
    ['identity;q=1, gzip;q=0.5', null, false],
    ['identity, gzip', 'gzip', false],
    ['gzip;q=0.2, br;q=0.2', 'br', false],
    ['br;q=0, gzip;q=0.001', 'gzip', false],
    ['x-gzip', 'gzip', false],
    ['*', 'br', false],
    ['*;q=0.5, gzip', 'gzip', false],
    ['br;q=0, *', 'gzip', false],
    ['gzip, identity;q=0', 'gzip', true],
    ['gzip;q=0.5, *;q=0', 'gzip', true],
    ['identity;q=0', null, false],
    ['*;q=0', null, false],
    ['zstd', null, false],
    ['gzip;q=high', null, false],
  ])('by %s', (accept, encoding, isRequired) => {
    expect(encodingFor(accept, ['br', 'gzip'])).toEqual({ encoding, isRequired })
  })
})

describe('a body is JSON in UTF-8', () => {
  test.each([
    'application/json',
    'Application/JSON; Charset="UTF-8"',
    'application/json;charset=utf8',
    'application/graphql+json',
    'application/json; profile=a',
  ])('by %s', (type) => {
    expect(isJson(type)).toBe(true)
  })

  test.each([
    undefined,
    '',
    'text/json',
    'application/json, text/plain',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-8; charset=latin1',
    'application/json; charset=',
    'application/json;\tcharset=utf-7',
    'application/jsonp',
  ])('not by %s', (type) => {
    expect(isJson(type)).toBe(false)
  })
})
