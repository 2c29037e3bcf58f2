import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { testLog } from '../../testing/router.ts'
import { badRequest } from '../http-error.ts'
import { refuse } from './send-refusal.ts'

const TRACE = { requestId: 'request-1', traceparent: 'b', tracestate: null }

function refused(error: unknown, accept?: string) {
  const headers = accept === undefined ? {} : { accept }
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'POST', headers })
  const response = new ServerResponse(request)
  const head = vi.spyOn(response, 'writeHead')
  const end = vi.spyOn(response, 'end')
  const { log, logged } = testLog()
  refuse(request, response, TRACE, error, log)
  const [status, pairs] = head.mock.calls[0] ?? []
  const lines = Array.isArray(pairs) ? pairs.map(String) : []
  return {
    status,
    headers: Object.fromEntries(
      lines.flatMap((name, index) => (index % 2 ? [] : [[name, lines[index + 1]]])),
    ),
    body: JSON.parse(String(end.mock.calls[0]?.[0])),
    logged: logged.map((line) => JSON.parse(line)),
  }
}

test('a refusal has its own status, headers and errors, the id of the request, and is never kept', () => {
  const { status, headers, body, logged } = refused(badRequest('Only POST.', 405, ['allow', 'POST']))
  expect(status).toBe(405)
  expect(headers).toMatchObject({
    ...{ allow: 'POST', 'x-request-id': 'request-1', 'cache-control': 'no-store' },
    ...{ 'x-content-type-options': 'nosniff', 'content-length': String(JSON.stringify(body).length) },
  })
  expect(body).toEqual({ errors: [{ message: 'Only POST.', extensions: { code: 'BAD_USER_INPUT' } }] })
  expect(logged).toEqual([])
})

test.each([
  ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
  ['text/html', 'application/json; charset=utf-8'],
  [undefined, 'application/json; charset=utf-8'],
])('it is of the media type that %s accepts', (accept, type) => {
  expect(refused(badRequest('No.'), accept).headers['content-type']).toBe(type)
})

test.each([
  [new Error('the password is hush'), /the password is hush\n +at .*send-refusal.test.ts/],
  ['a text', /^a text$/],
])('any other error is masked, and logged with the id of the request', (error, reason) => {
  const { status, body, logged } = refused(error)
  expect(status).toBe(500)
  expect(body).toEqual({
    errors: [{ message: expect.not.stringContaining('hush'), extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
  })
  expect(logged).toMatchObject([
    {
      ...{ level: 50, msg: 'a request failed', requestId: 'request-1' },
      error: expect.stringMatching(reason),
    },
  ])
})
