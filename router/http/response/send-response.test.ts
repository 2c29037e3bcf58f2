import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { send, sendErrors, sendJson } from './send-response.ts'

/** A response, and the status, the headers and the body that are sent with it. */
function newResponse() {
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', complete: true })
  const response = new ServerResponse(request)
  const head = vi.spyOn(response, 'writeHead')
  const end = vi.spyOn(response, 'end')
  return { response, sent: () => [...(head.mock.calls[0] ?? []), ...(end.mock.calls[0] ?? [])], head }
}

test.each([
  ['left', '4'],
  ['chaussette é €', '17'],
  [Buffer.from('é'), '2'],
  ['', '0'],
])('the length of the body %j is %s bytes', (body, length) => {
  const { response, sent } = newResponse()
  send(response, 200, ['x-a', '1'], body)
  expect(sent()).toEqual([
    200,
    ['x-a', '1', 'content-length', length, 'x-content-type-options', 'nosniff'],
    body,
  ])
})

test('a response without a body by its status has no length (RFC 9110, section 8.6)', () => {
  const { response, sent } = newResponse()
  send(response, 204, [], '')
  expect(sent()).toEqual([204, ['x-content-type-options', 'nosniff'], ''])
})

test('JSON and errors have their media type', () => {
  const [live, refused] = [newResponse(), newResponse()]
  sendJson(live.response, 200, { status: 'live' })
  const type = ['content-type', 'application/json; charset=utf-8']
  const rest = ['x-content-type-options', 'nosniff']
  expect(live.sent()).toEqual([200, [...type, 'content-length', '18', ...rest], '{"status":"live"}\n'])
  sendErrors(refused.response, 503, [{ message: 'no' }], ['retry-after', '1'])
  expect(refused.sent()).toEqual([
    ...[503, [...type, 'retry-after', '1', 'content-length', '29', ...rest], '{"errors":[{"message":"no"}]}'],
  ])
})

test('nothing is sent twice, or to a client that has disconnected', () => {
  const [twice, gone] = [newResponse(), newResponse()]
  for (const status of [200, 500]) send(twice.response, status, [], 'x')
  gone.response.destroy()
  send(gone.response, 200, [], 'x')
  expect([twice.head.mock.calls.length, gone.head.mock.calls.length]).toEqual([1, 0])
})
