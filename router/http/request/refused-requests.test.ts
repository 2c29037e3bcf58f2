import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { BadToken } from '../../security/access-token.ts'
import { ANONYMOUS } from '../../security/identity.ts'
import { KeysUnavailable } from '../../security/jwks.ts'
import { parseSettings } from '../../settings.ts'
import { testLog } from '../../testing/router.ts'
import { HttpError } from '../http-error.ts'
import { refuseEarly } from './body.ts'
import type { BodyFault } from './body-reader.ts'
import { identified } from './identify.ts'
import { parseRequest, requestFormOf } from './parse-request.ts'

const { limits } = parseSettings({}, 'the test')

function requestOf(method: string, headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { method, headers, httpVersionMinor: 1 })
}

/** Sends a request with a body, or with one that could not be received. */
function asked(
  body: string | Buffer | { readonly fault: BodyFault },
  batch = 1,
  type: string | null = 'application/json',
) {
  const request = requestOf('POST', type === null ? {} : { 'content-type': type })
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const bodies = { collect: async () => ('fault' in bytes ? bytes.fault : bytes) }
  return parseRequest(request, new ServerResponse(request), bodies, { ...limits, batch })
}

const bad = (message: string | RegExp, status = 400, headers: readonly string[] = []) => ({
  ...{ message, status, headers, code: 'BAD_USER_INPUT' },
})
const TRACE = { requestId: 'request-1', traceparent: 'b', tracestate: null }
const identify = (error: unknown) => identified(() => Promise.reject(error), 'Bearer x', TRACE, testLog().log)
const large = `The body is larger than the maximum of ${limits.body} bytes.`

test.each<[string, () => unknown, ReturnType<typeof bad>]>([
  [
    'another method',
    () => requestFormOf(requestOf('PUT')),
    bad('Only the methods GET/POST are supported.', 405, ['allow', 'GET, POST']),
  ],
  [
    'no media type that is given',
    () => requestFormOf(requestOf('POST', { accept: 'text/html' })),
    bad(
      'Accept "text/html" excludes every supported media type: accept application/graphql-response+json or application/json.',
      406,
    ),
  ],
  [
    'a body that is announced as too large',
    () => refuseEarly(requestOf('POST', { 'content-length': String(limits.body + 1) }), limits.body),
    bad(large, 413),
  ],
  [
    'a compressed body',
    () => refuseEarly(requestOf('POST', { 'content-encoding': 'gzip' }), limits.body),
    bad('Content-Encoding "gzip" is not supported: send the body uncompressed.', 415, [
      ...['accept-encoding', 'identity'],
    ]),
  ],
  [
    'another content type',
    () => asked('{}', 1, 'text/plain'),
    bad('Content-Type "text/plain" is not supported: send application/json in UTF-8.', 415),
  ],
  [
    'no content type',
    () => asked('{}', 1, null),
    bad('Without content-type, a body is not supported: send application/json in UTF-8.', 415),
  ],
  [
    'a body that is nested too deep',
    () => asked('['.repeat(limits.nesting + 1)),
    bad('The body is nested deeper than the maximum of 200 lists and objects.'),
  ],
  ['a body that is no JSON', () => asked('{'), bad('The body is not valid JSON.')],
  [
    'the first half of a character',
    () => asked('{"query":"\\ud800"}'),
    bad('The body contains half of a UTF-16 surrogate pair, which is not a character.'),
  ],
  [
    'the second half of a character',
    () => asked('{"query":"\\udfff"}'),
    bad('The body contains half of a UTF-16 surrogate pair, which is not a character.'),
  ],
  ['a body that proves too large', () => asked({ fault: 'too-large' }), bad(large, 413)],
  [
    'a body in crumbs',
    () => asked({ fault: 'too-many-pieces' }),
    bad('The body comes in too many small pieces: send larger chunks.'),
  ],
  ['half a body', () => asked({ fault: 'aborted' }), bad('The body ended before it was complete.')],
  [
    'a large body among many',
    () => asked({ fault: 'crowded-out' }),
    {
      ...bad('Too many large requests are arriving at the moment.', 503, ['retry-after', '1']),
      code: 'RATE_LIMITED',
    },
  ],
  ['bytes that are no UTF-8', () => asked(Buffer.from([0xff])), bad('The body is not valid UTF-8.')],
  [
    'a batch where batches are off',
    () => asked('[{}]'),
    bad('Operation batching is off: send one operation, not a list of them.'),
  ],
  ['an empty batch', () => asked('[]', 3), bad('A batch must have 1 to 3 operations; this one has 0.')],
  [
    'a batch that is too long',
    () => asked('[{},{},{},{}]', 3),
    bad('A batch must have 1 to 3 operations; this one has 4.'),
  ],
  [
    'a token that is refused',
    () => identify(new BadToken('the signature is wrong')),
    {
      ...bad('The access token is not valid or no longer valid.', 401, [
        ...['www-authenticate', 'Bearer error="invalid_token"'],
      ]),
      code: 'UNAUTHENTICATED',
    },
  ],
  [
    'a token while no key is known',
    () => identify(new KeysUnavailable('status 500')),
    {
      ...bad('Access tokens cannot be verified at the moment.', 503, ['retry-after', '1']),
      code: 'SUBGRAPH_UNAVAILABLE',
    },
  ],
])('%s is refused, and the client gets the reason', async (_, work, { message, status, headers, code }) => {
  const error = await Promise.resolve()
    .then(work)
    .catch((thrown: unknown) => thrown)
  if (!(error instanceof HttpError)) throw new Error(`it was not refused, but ${String(error)}`)
  expect({ status: error.status, headers: error.headers, errors: error.errors }).toEqual({
    ...{ status, headers, errors: [{ message, extensions: { code } }] },
  })
})

test('what is at the bounds is taken', async () => {
  expect(requestFormOf(requestOf('GET')).isGet).toBe(true)
  expect(requestFormOf(requestOf('POST')).isGet).toBe(false)
  refuseEarly(requestOf('POST', { 'content-length': String(limits.body) }), limits.body)
  refuseEarly(requestOf('POST', { 'content-encoding': 'identity' }), limits.body)
  expect(await asked('[{},{},{}]', 3)).toEqual({ batch: [{}, {}, {}] })
  expect(await asked('[{}]', 2)).toEqual({ batch: [{}] })
  // A byte order mark is no part of a text that begins with it, and a character of one that has it elsewhere.
  expect(await asked('\ufeff{"query":"{a}"}')).toEqual(await asked('{"query":"{a}"}'))
  expect(await asked('{"query":"\ufeff{a}"}')).toEqual(await asked('{"query":"\\ufeff{a}"}'))
  expect(await asked('{"query":"\\ud83e\\udde6"}')).toEqual(await asked('{"query":"🧦"}'))
})

test('the reason to refuse a token is logged, and not sent', async () => {
  const { log, logged } = testLog()
  const refused = identified(
    () => Promise.reject(new BadToken('the signature is wrong')),
    ...(['Bearer x', TRACE, log] as const),
  )
  await expect(refused).rejects.toThrow(/^(?!.*signature)/)
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    {
      ...{ level: 30, msg: 'an access token was refused', requestId: 'request-1' },
      reason: 'the signature is wrong',
    },
  ])
  await expect(identify(new TypeError('a fault'))).rejects.toThrow(TypeError)
  expect(await identified(async () => ANONYMOUS, undefined, TRACE, log)).toBe(ANONYMOUS)
})
