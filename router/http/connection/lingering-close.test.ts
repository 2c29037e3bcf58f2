import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { closeAfter } from './lingering-close.ts'

const MAX_LINGER_MS = 5_000
const MAX_LINGER_BYTES = 16 * 1_024 ** 2

const HEAD = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${4 * MAX_LINGER_BYTES}\r\n\r\n`

let server: Server
/** The server's side of the connection. */
let accepted: Promise<Socket>
let requests: number

/** Refuses every request before its body is read. */
beforeEach(async () => {
  // The maximum time passes only where a test says so.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  requests = 0
  server = createServer((_, response) => {
    requests++
    closeAfter(response)
    response.end('refused')
  })
  // The end of an incomplete request is an error of the parser.
  server.on('clientError', (_, socket) => socket.destroy())
  accepted = once(server, 'connection').then(([socket]) => socket)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => {
  vi.useRealTimers()
  server.closeAllConnections()
  server.close()
})

/** A client that sent `text` and has read the response and the server's FIN. Its own side stays open. */
async function refusedClient(text: string) {
  const client = connect({ port: (server.address() as AddressInfo).port, allowHalfOpen: true })
  client.on('error', () => {})
  client.setEncoding('latin1')
  let read = ''
  client.on('data', (part) => {
    read += part
  })
  client.write(text)
  await once(client, 'end')
  expect(read).toMatch(/^HTTP\/1\.1 200 [\s\S]*connection: close[\s\S]*refused/i)
  return client
}

/** Whether a connection closes without an error. */
const closesWell = async (socket: Socket) => {
  const [hadError] = await once(socket, 'close')
  return hadError === false
}

test('the rest of a request that was refused is dropped until the client closes', async () => {
  const client = await refusedClient(HEAD)
  const socket = await accepted
  client.end(Buffer.alloc(MAX_LINGER_BYTES))
  expect(await Promise.all([client, socket].map(closesWell))).toEqual([true, true])
  expect([socket.readableEnded, socket.bytesRead]).toEqual([true, HEAD.length + MAX_LINGER_BYTES])
})

test('a client that sends more than the maximum is disconnected', async () => {
  const client = await refusedClient(HEAD)
  const socket = await accepted
  client.end(Buffer.alloc(MAX_LINGER_BYTES + 1))
  await once(socket, 'close')
  expect(socket.readableEnded).toBe(false)
})

test('a client that does not close is disconnected after the maximum time', async () => {
  const client = await refusedClient(HEAD)
  const socket = await accepted
  vi.advanceTimersByTime(MAX_LINGER_MS - 1)
  expect(socket.destroyed).toBe(false)
  vi.advanceTimersByTime(1)
  expect(socket.destroyed).toBe(true)
  client.destroy()
})

test('requests after the last response are not read', async () => {
  const short = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n'
  const client = await refusedClient(short)
  const socket = await accepted
  client.end(`x${short}x`)
  expect(await Promise.all([client, socket].map(closesWell))).toEqual([true, true])
  // The time of a closed connection does not go on.
  expect([requests, vi.getTimerCount()]).toEqual([1, 0])
})
