import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { composed, type StartOptions, startTestRouter, type TestRouter } from '../../testing/router.ts'

const SDL = composed([
  {
    name: 'shelf',
    url: 'http://127.0.0.1:9/graphql',
    file: 'shelf.graphql',
    sdl: 'type Query { sock: String }',
  },
])

let router: TestRouter

afterEach(() => router?.close())

async function start(settings: StartOptions['settings']): Promise<TestRouter> {
  return startTestRouter({ sdl: SDL }, { settings })
}

async function open(): Promise<Socket> {
  const socket = connect(router.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Sends a request on an open connection. Resolves when the response has begun. */
async function live(socket: Socket): Promise<string> {
  socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n')
  const [answer] = await once(socket, 'data')
  return String(answer)
}

test('past the bound of one address its longest idle connection is closed, and the new one is served', async () => {
  router = await start({ limits: { connections: { address: 2 } } })
  const [first, second] = [await open(), await open()]
  for (const socket of [first, second]) expect(await live(socket)).toMatch(/^HTTP\/1\.1 200 /)
  const closed = once(first, 'close')
  const third = await open()
  await closed
  for (const socket of [second, third]) expect(await live(socket)).toMatch(/^HTTP\/1\.1 200 /)
  for (const socket of [second, third]) socket.destroy()
})

test('a connection whose request is being received does not make room: the new one is closed', async () => {
  router = await start({ limits: { connections: { address: 1 } } })
  const busy = await open()
  const body = '{"query":"{ __typename }"}'
  const head = `host: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: ${body.length}`
  busy.write(`POST /graphql HTTP/1.1\r\n${head}\r\n\r\n`)
  const [interim] = await once(busy, 'data')
  expect(String(interim)).toMatch(/^HTTP\/1\.1 100 /)
  const late = await open()
  await once(late.resume(), 'close')
  busy.write(body)
  const [answer] = await once(busy, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /)
  busy.destroy()
})

test('behind a proxy the bound of one address is not applied', async () => {
  router = await start({ http: { trusted_proxies: 1 }, limits: { connections: { address: 2 } } })
  const sockets = [await open(), await open(), await open()]
  for (const socket of sockets) expect(await live(socket)).toMatch(/^HTTP\/1\.1 200 /)
  for (const socket of sockets) socket.destroy()
})
