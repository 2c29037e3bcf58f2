import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { exchange } from './exchange.ts'

type Asked = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { body: string; port: number }

let answer: (response: ServerResponse) => void
let asked: Asked
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => {
    const { method, url, headers, socket } = request
    asked = { method, url, headers, body, port: socket.remotePort ?? 0 }
    answer(response)
  })
})
let url: string
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  url = `http://127.0.0.1:${port}/v1/things?a=1`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const limits = { timeoutMs: 30_000, largestBytes: 100 }
const send = (but: Partial<Parameters<typeof exchange>[1]> = {}) =>
  exchange(url, { method: 'POST', headers: { 'x-key': 'k' }, body: '{"é":1}', ...limits, ...but })

test('sends method, headers and body, and answers with status and text', async () => {
  answer = (response) => response.writeHead(201).end('{"ok":"ü"}')
  expect(await send()).toEqual({ status: 201, body: '{"ok":"ü"}' })
  expect(asked).toMatchObject({ method: 'POST', url: '/v1/things?a=1', body: '{"é":1}' })
  expect(asked.headers).toMatchObject({ 'x-key': 'k', 'content-length': '8' })
})

test('a request without a body has none, and an empty answer is empty', async () => {
  answer = (response) => response.writeHead(204).end()
  expect(await send({ method: 'GET', body: undefined })).toEqual({ status: 204, body: '' })
  expect(asked).toMatchObject({ method: 'GET', body: '' })
  expect(asked.headers).not.toHaveProperty('content-length')
})

test('the time limit of a request that is answered is over with it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    answer = (response) => response.end()
    await send()
    // The request ends a moment after its answer.
    while (vi.getTimerCount() > 0) await pause(2)
  } finally {
    vi.useRealTimers()
  }
})

test('the connection is kept for the next request', async () => {
  answer = (response) => response.end()
  await send()
  const { port } = asked
  await send()
  expect(asked.port).toBe(port)
})

test('a redirect is not followed', async () => {
  answer = (response) => response.writeHead(307, { location: '/elsewhere' }).end()
  expect((await send()).status).toBe(307)
  expect(asked.url).toBe('/v1/things?a=1')
})

test('the largest answer is read; one with a byte more is not, announced or not', async () => {
  answer = (response) => response.end('x'.repeat(100))
  expect((await send()).body).toHaveLength(100)
  answer = (response) => response.end('x'.repeat(101))
  await expect(send()).rejects.toThrow('a response of more than 100 bytes')
  answer = (response) => {
    response.write('x'.repeat(60))
    response.write('x'.repeat(60))
  }
  await expect(send()).rejects.toThrow('a response of more than 100 bytes')
})

test.each<[string, (response: ServerResponse) => void]>([
  ['no answer', () => {}],
  ['headers alone', (response) => response.writeHead(200).flushHeaders()],
  ['a part of the body', (response) => response.writeHead(200, { 'content-length': '9' }).write('x')],
])('%s ends at the time limit', async (_, given) => {
  answer = given
  await expect(send({ timeoutMs: 50 })).rejects.toThrow('no complete response within 50 ms')
})

test.each<[string, (response: ServerResponse) => void]>([
  ['before the answer', (response) => response.destroy()],
  [
    'within the answer',
    (response) => {
      response.writeHead(200, { 'content-length': '9' }).write('x', () => response.destroy())
    },
  ],
])('a connection that is cut %s is an error', async (_, given) => {
  answer = given
  await expect(send()).rejects.toThrow()
})

test('an address of https is asked by TLS', async () => {
  const asked = exchange(url.replace('http:', 'https:'), { method: 'GET', headers: {}, ...limits })
  await expect(asked).rejects.toMatchObject({ code: 'EPROTO' })
})

test('an address where nothing listens is an error', async () => {
  // No program gets port 1 by chance.
  const refused = exchange('http://127.0.0.1:1/', { method: 'GET', headers: {}, ...limits })
  await expect(refused).rejects.toThrow('ECONNREFUSED')
})
