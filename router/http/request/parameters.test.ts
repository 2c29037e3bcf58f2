import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { parseExactly } from '../../json/exact-json.ts'
import { HttpError } from '../http-error.ts'
import { type Parameters, parametersInUrl, parametersOf } from './parameters.ts'

/** The parameters that are there, or the status and the message of the refusal. */
function shown(read: () => Parameters) {
  try {
    const { variables, extensions, ...rest } = read()
    // JSON leaves out what is undefined.
    return JSON.parse(JSON.stringify({ ...rest, variables, extensions }))
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return [error.status, error.message]
  }
}

const NOTHING = { variables: {}, extensions: {} }

describe('a body', () => {
  const ofBody = (text: string) => shown(() => parametersOf(parseExactly(text)))

  test.each([
    ['{"query":"{ a }"}', { ...NOTHING, query: '{ a }' }],
    ['{"query":null,"operationName":null,"variables":null,"extensions":null}', NOTHING],
    [
      '{"query":"q","operationName":"A","variables":{"a":1},"extensions":{"b":2},"other":3}',
      { query: 'q', operationName: 'A', variables: { a: 1 }, extensions: { b: 2 } },
    ],
  ])('%s', (text, parameters) => {
    expect(ofBody(text)).toEqual(parameters)
  })

  test.each([
    ['[]', 'The body must be a JSON object with a non-empty `query`.'],
    ['"{ a }"', 'The body must be a JSON object with a non-empty `query`.'],
    ['{"query":1}', '`query` must be a string, not 1.'],
    ['{"query":{}}', '`query` must be a string, not an object.'],
    ['{"operationName":["A"]}', '`operationName` must be a string, not a list.'],
    ['{"operationName":true}', '`operationName` must be a string, not true.'],
    ['{"variables":[]}', '`variables` must be a JSON object, not a list.'],
    ['{"variables":"{}"}', '`variables` must be a JSON object, not "{}".'],
    ['{"variables":0}', '`variables` must be a JSON object, not 0.'],
    ['{"variables":9007199254740993}', '`variables` must be a JSON object, not 9007199254740993.'],
    ['{"extensions":false}', '`extensions` must be a JSON object, not false.'],
  ])('%s is refused', (text, message) => {
    expect(ofBody(text)).toEqual([400, message])
  })

  test('is not repeated at length', () => {
    expect(ofBody(`{"variables":"${'x'.repeat(1_000)}"}`)).toEqual([
      ...[400, `\`variables\` must be a JSON object, not "${'x'.repeat(98)}….`],
    ])
  })
})

describe('a URL', () => {
  const ofUrl = (url: string) => shown(() => parametersInUrl({ url } as IncomingMessage, 3))

  test.each([
    ['/graphql', NOTHING],
    ['/graphql?', NOTHING],
    ['/graphql?query', { ...NOTHING, query: '' }],
    ['/graphql?query=%7Ba%7D+%C3%A9%2B&x=%ff', { ...NOTHING, query: '{a} é+' }],
    ['/graphql?operationName=A=B&que%72y=a', { ...NOTHING, operationName: 'A=B', query: 'a' }],
    ['/graphql?variables={"a":[1]}&extensions={"b":{}}', { variables: { a: [1] }, extensions: { b: {} } }],
    ['/graphql?variables=&extensions=null', NOTHING],
    ['/graphql?x=1&x=2', NOTHING],
  ])('%s', (url, parameters) => {
    expect(ofUrl(url)).toEqual(parameters)
  })

  test.each([
    ['/graphql?query=a&query=b', '`query` must be given once in the URL.'],
    ['/graphql?query=a&quer%79=', '`query` must be given once in the URL.'],
    ['/graphql?variables={}&query=a&variables={}', '`variables` must be given once in the URL.'],
    ['/graphql?query=%ff', 'The URL must be percent-encoded UTF-8: "%ff" is not.'],
    ['/graphql?%=1', 'The URL must be percent-encoded UTF-8: "%" is not.'],
    ['/graphql?variables=[]', '`variables` must be a JSON object, not a list.'],
    ['/graphql?variables={', '`variables` is not valid JSON.'],
    ['/graphql?extensions=1', '`extensions` must be a JSON object, not 1.'],
    [
      '/graphql?extensions={"a":[[[1]]]}',
      '`extensions` is nested deeper than the maximum of 3 lists and objects.',
    ],
  ])('%s is refused', (url, message) => {
    expect(ofUrl(url)).toEqual([400, message])
  })
})
