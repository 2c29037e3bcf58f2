import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { forgetMessages } from './forget-messages.ts'

let server: Server
let sockets: Socket[]
/** The options of CONNECT, and the subjects of the requests. */
let connects: Record<string, unknown>[]
let asked: string[]
/** The answer of JetStream to a deletion. */
let answer: object

/** As much of the protocol of NATS as a request to JetStream needs. */
function converse(socket: Socket): void {
  let text = ''
  let subscription = ''
  const handle = (line: string) => {
    const [verb = '', ...words] = line.split(' ')
    if (verb === 'CONNECT') connects.push(JSON.parse(words.join(' ')))
    if (verb === 'PING') socket.write('PONG\r\n')
    if (verb === 'SUB') subscription = words.at(-1) ?? ''
    if (verb !== 'PUB') return
    const [subject = '', reply = ''] = words
    asked.push(subject)
    const body = JSON.stringify(subject === '$JS.API.INFO' ? { type: 'info' } : answer)
    socket.write(`MSG ${reply} ${subscription} ${body.length}\r\n${body}\r\n`)
  }
  const info = { server_id: 'S', version: '2.11.0', max_payload: 1_048_576, headers: true, jetstream: true }
  socket.write(`INFO ${JSON.stringify(info)}\r\n`)
  socket
    .on('error', () => {})
    .on('data', (bytes) => {
      const lines = `${text}${bytes}`.split('\r\n')
      text = lines.pop() ?? ''
      for (const line of lines) handle(line)
    })
}

beforeEach(async () => {
  ;[sockets, connects, asked] = [[], [], []]
  answer = { success: true }
  server = createServer((socket) => {
    sockets.push(socket)
    converse(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await once(server.close(), 'close')
})

// A server that listens has an address object.
const place = () => `127.0.0.1:${(server.address() as AddressInfo).port}`

test('the stream of the subgraphs is deleted, and the connection is closed', async () => {
  await forgetMessages(`nats://${place()}`)
  expect(asked).toContain('$JS.API.STREAM.DELETE.argyle')
  expect(connects).toHaveLength(1)
  expect(connects[0]).not.toHaveProperty('user')
  for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close')
})

test('an account is that of the URL, decoded', async () => {
  await forgetMessages(`nats://shop%40home:p%2Fw@${place()}`)
  expect(connects).toMatchObject([{ user: 'shop@home', pass: 'p/w' }])
})

test('a bus that has no stream yet has nothing to forget', async () => {
  answer = { error: { code: 404, err_code: 10_059, description: 'stream not found' } }
  await forgetMessages(`nats://${place()}`)
  expect(asked).toContain('$JS.API.STREAM.DELETE.argyle')
})

test('another failure is thrown, and the connection is closed', async () => {
  answer = { error: { code: 503, err_code: 10_008, description: 'JetStream is not available' } }
  await expect(forgetMessages(`nats://${place()}`)).rejects.toThrow('JetStream is not available')
  for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close')
})
