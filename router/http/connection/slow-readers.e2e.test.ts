import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { composed } from '../../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../../testing/subgraph.ts'
import { startWatchedRouter, type WatchedRouter } from '../../testing/watched-router.ts'

const MB = 1_024 ** 2
/** More than the kernel buffers for one connection on this machine. */
const ANSWER_BYTES = 12 * MB
const QUERY = '{"query":"{ texts }"}'
const REQUEST = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${QUERY.length}\r\n\r\n${QUERY}`

let subgraph: TestSubgraph
let supergraph: string
let router: WatchedRouter

beforeAll(async () => {
  const texts = Array.from({ length: ANSWER_BYTES / MB }, () => 'x'.repeat(MB))
  subgraph = await startSubgraph('shelf', 'type Query { texts: [String] }', { Query: { texts: () => texts } })
  supergraph = composed([subgraph.source])
})

afterEach(() => router?.stop())
afterAll(() => subgraph?.stop())

type Client = { readonly socket: Socket; readonly closed: Promise<void> }

/** Sends a request and reads nothing of the response. */
function slowClient(): Client {
  const socket = connect(router.port, '127.0.0.1', () => socket.write(REQUEST))
  socket.on('error', () => {})
  socket.pause()
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  // A paused socket notices the end of its connection only when it writes. Its writes count as progress, but
  // they are rare enough.
  const knock = setInterval(() => socket.write('x'), 1_000)
  void closed.then(() => clearInterval(knock))
  return { socket, closed }
}

function start(limits: Readonly<Record<string, unknown>>): Promise<WatchedRouter> {
  return startWatchedRouter(supergraph, {
    settings: { http: { compression: { encodings: [] } }, limits },
  })
}

test('clients that take nothing lose their connections, and memory returns', async () => {
  router = await start({ send: '500ms', unsent: { total: '1000MB', address: '1000MB' } })
  const before = await router.settle()
  const clients = Array.from({ length: 20 }, slowClient)
  await Promise.all(clients.map(({ closed }) => closed))
  await router.prints('"reason":"limits.send"')
  // The resident set would include free pages of V8 and malloc.
  expect((await router.settle()).heldBytes).toBeLessThan(before.heldBytes + 100 * MB)
}, 60_000)

test('a client that takes its answer piece by piece gets all of it', async () => {
  router = await start({ send: '5s' })
  const socket = connect(router.port, '127.0.0.1', () => socket.write(REQUEST))
  let size = 0
  let began = 0
  socket.on('data', (chunk) => {
    began ||= performance.now()
    size += chunk.length
    if (size > ANSWER_BYTES) return socket.end()
    // All of it takes longer than the limit. A client that was held up does not pause: it pauses only while it is ahead.
    const ahead = (size / ANSWER_BYTES) * 7_000 - (performance.now() - began)
    if (ahead <= 0) return
    socket.pause()
    setTimeout(() => socket.resume(), ahead)
  })
  await new Promise((resolve) => socket.once('close', resolve))
  expect(size).toBeGreaterThan(ANSWER_BYTES)
  expect(performance.now() - began).toBeGreaterThan(5_000)
}, 60_000)

test.each(['total', 'address'] as const)(
  'past the bound of %s the largest is closed',
  async (bound) => {
    router = await start({ unsent: { total: '1000MB', address: '1000MB', [bound]: '20MB' } })
    const clients = Array.from({ length: 4 }, slowClient)
    // Two responses fit, except for the part that the kernel has buffered.
    await Promise.any(clients.map(({ closed }) => closed))
    await router.prints('"reason":"limits.unsent"')
    for (const { socket } of clients) socket.destroy()
  },
  60_000,
)
