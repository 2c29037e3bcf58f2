import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { parseSettings } from '../../settings.ts'
import { startTestServer, type TestServer } from '../../testing/http-server.ts'
import { answerOf, startRawServer } from '../../testing/raw-server.ts'
import { composed, startTestRouter, type TestRouter } from '../../testing/router.ts'

/** The server of the subgraph `shelf`; each test sets its answers. */
let shelf: TestServer
let router: TestRouter
/** Its requests to a subgraph have half a second. */
let hasty: TestRouter
let sdl: string

beforeAll(async () => {
  shelf = await startTestServer((_, response) => response.end())
  sdl = composed([
    {
      name: 'shelf',
      url: `${shelf.origin}/graphql`,
      file: 'shelf.graphql',
      sdl: 'type Query { sock: String }',
    },
  ])
  router = await startTestRouter(
    { sdl },
    {
      settings: {
        http: {
          forward: [
            { path: '/images/', to: 'shelf' },
            { path: '/lost/', to: 'nobody' },
            { path: '/unsubscribe/', to: 'shelf', post: true },
            { path: '/images/old/', to: 'nobody' },
          ],
        },
        fetching: { response: '1KB' },
      },
    },
  )
  const settings = { http: { forward: [{ path: '/images/', to: 'shelf' }] }, fetching: { time: '500ms' } }
  hasty = await startTestRouter({ sdl }, { settings })
})
afterAll(async () => {
  await Promise.all([router?.close(), hasty?.close()])
  await shelf?.stop()
})

let targets: string[] = []
beforeEach(() => {
  targets = []
  shelf.handle((request, response) => {
    targets.push(request.url ?? '')
    response.writeHead(200, { 'content-type': 'image/svg+xml', 'set-cookie': 'a=b', etag: '"1"' })
    response.end('<svg/>')
  })
})
afterEach(() => shelf.handle((_, response) => response.end()))

const at = (path: string, init: RequestInit = {}) => fetch(new URL(path, router.url), init)

test('a path below a rule is answered by the subgraph’s server, without its cookies', async () => {
  const answer = await at('/images/a.svg?size=2')
  expect([answer.status, await answer.text()]).toEqual([200, '<svg/>'])
  expect(answer.headers.get('content-type')).toBe('image/svg+xml')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('set-cookie')).toBeNull()
  expect(targets).toEqual(['/images/a.svg?size=2'])
})

test('neither credentials nor an internal token reach the subgraph’s server; conditions do', async () => {
  let seen: Record<string, unknown> = {}
  shelf.handle((request, response) => {
    seen = request.headers
    response.writeHead(304, { etag: '"1"' }).end()
  })
  const conditions = {
    accept: 'image/svg+xml',
    'if-none-match': '"1"',
    'if-modified-since': 'Sat, 21 Nov 2026 00:00:00 GMT',
    // Without it a client that continues a download would get the rest of another version.
    'if-range': '"1"',
    range: 'bytes=0-9',
  }
  const headers = { ...conditions, authorization: 'Bearer x', cookie: 'sid=1', 'x-user': 'ada' }
  expect((await at('/images/a.svg', { headers })).status).toBe(304)
  expect(seen).not.toHaveProperty('authorization')
  expect(seen).not.toHaveProperty('cookie')
  expect(seen).not.toHaveProperty('x-user')
  expect(seen).toMatchObject(conditions)
})

test('what concerns the connection of the subgraph, or a session, does not reach the client', async () => {
  const dropped = {
    'keep-alive': 'timeout=99',
    'proxy-authenticate': 'Basic',
    'proxy-connection': 'keep-alive',
    'set-cookie': ['a=1', 'b=2'],
    te: 'gzip',
    trailer: 'x-sum',
    upgrade: 'h2c',
  }
  shelf.handle((_, response) => {
    response.writeHead(200, { ...dropped, link: ['</a>', '</b>'], 'cache-control': 'max-age=60' })
    response.end('x')
  })
  const socket = connect(router.port, '127.0.0.1')
  socket.write('GET /images/a HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  const lines = (await text(socket)).split('\r\n')
  const names = lines.map((line) => line.split(':')[0]?.toLowerCase() ?? '')
  expect(Object.keys(dropped).filter((name) => names.includes(name))).toEqual([])
  expect(lines.filter((line) => /^(link|cache-control|transfer-encoding)/i.test(line))).toEqual([
    ...['link: </a>', 'link: </b>', 'cache-control: max-age=60', 'Transfer-Encoding: chunked'],
  ])
})

test('POST is forwarded where a rule says so, without its body and the connection', async () => {
  const seen: unknown[] = []
  shelf.handle((request, response) => {
    void text(request).then((body) => {
      seen.push([request.method, request.url, body, request.headers['content-type']])
      response.writeHead(200).end('done')
    })
  })
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
  const answer = await at('/unsubscribe/abc?all=1', { method: 'POST', body })
  expect([answer.status, await answer.text(), answer.headers.get('connection')]).toEqual([
    200,
    'done',
    'close',
  ])
  expect(seen).toEqual([['POST', '/unsubscribe/abc?all=1', '', undefined]])
  expect((await at('/unsubscribe/abc', { method: 'DELETE' })).status).toBe(404)
  // The page that a mail links to has the same path.
  expect((await at('/unsubscribe/abc')).status).toBe(200)
  expect(seen.at(-1)).toEqual(['GET', '/unsubscribe/abc', '', undefined])
})

test('of several rules for a path, the first applies', async () => {
  expect((await at('/images/old/a.svg')).status).toBe(200)
  expect(targets).toEqual(['/images/old/a.svg'])
})

test('HEAD has headers and no body; POST is not forwarded', async () => {
  const head = await at('/images/a.svg', { method: 'HEAD' })
  expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, '"1"', ''])
  expect((await at('/images/a.svg', { method: 'POST' })).status).toBe(404)
  expect(targets).toEqual(['/images/a.svg'])
})

test.each([
  '/images/../graphql',
  '/images/%2e%2e/graphql',
  '/images/a%2f..%2fb',
  '/images/a\\b',
  '/images/a%5c..%5Cb',
  '/images',
])('%s reaches no subgraph', async (path) => {
  const socket = connect(router.port, '127.0.0.1')
  socket.end(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 404 /)
  expect(targets).toEqual([])
})

test('a rule for a subgraph that the supergraph lacks is a 404, and is logged', async () => {
  expect(JSON.parse(router.logged[0] ?? '')).toMatchObject({
    ...{ subgraphs: ['nobody'], msg: 'the settings refer to subgraphs that are not in the supergraph' },
  })
  const answer = await at('/lost/a')
  expect([answer.status, await answer.json()]).toEqual([
    404,
    {
      errors: [{ message: 'Nothing is served at GET "/lost/a".', extensions: { code: 'BAD_USER_INPUT' } }],
    },
  ])
})

test('a body at fetching.response passes; a larger one is refused, with content-length or without', async () => {
  shelf.handle((_, response) => response.end('x'.repeat(1_024)))
  expect((await (await at('/images/a')).text()).length).toBe(1_024)
  shelf.handle((_, response) => response.end('x'.repeat(1_025)))
  expect((await at('/images/a')).status).toBe(502)
  shelf.handle((_, response) => {
    response.write('x'.repeat(1_000))
    response.end('x'.repeat(1_000))
  })
  await expect(at('/images/a').then((answer) => answer.text())).rejects.toThrow()
  const reasons = router.logged.slice(-2).map((line) => JSON.parse(line))
  const reason = { level: 40, subgraph: 'shelf', error: 'the body exceeds 1024 bytes' }
  expect(reasons).toMatchObject([reason, reason])
})

test('a subgraph that breaks off its answer is logged once, and the client does not get a whole one', async () => {
  const before = router.logged.length
  shelf.handle((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy())
  })
  await expect(at('/images/a').then((answer) => answer.text())).rejects.toThrow()
  expect(router.logged.slice(before).map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, subgraph: 'shelf', error: 'aborted', msg: 'a forwarded request failed' },
  ])
})

test('a subgraph gets as many connections as fetching.connections says, kept until the router closes', async () => {
  const raw = await startRawServer(({ socket }) => socket.write(answerOf('x')))
  const url = `${raw.origin}/graphql`
  const settings = { http: { forward: [{ path: '/images/', to: 'shelf' }] }, fetching: { connections: 2 } }
  const narrow = await startTestRouter(
    { sdl: composed([{ name: 'shelf', url, file: 'shelf', sdl: 'type Query { sock: String }' }]) },
    { settings },
  )
  const ask = async () => (await fetch(new URL('/images/a', narrow.url))).text()
  expect(await Promise.all([ask(), ask(), ask(), ask(), ask()])).toEqual(['x', 'x', 'x', 'x', 'x'])
  expect(await ask()).toBe('x')
  expect(raw.connections).toHaveLength(2)
  await narrow.close()
  // The server itself closes none.
  for (const { closed } of raw.connections) await closed
  await raw.stop()
})

test.each([false, true])(
  'a client that leaves takes its request to the subgraph along, without a line in the log (answer begun: %s)',
  // Less than the time of the request.
  { timeout: 45_000 },
  async (hasBegun) => {
    const patient = await startTestRouter(
      { sdl },
      {
        settings: {
          ...{ http: { forward: [{ path: '/images/', to: 'shelf' }] } },
          ...{ fetching: { time: '50s' }, limits: { time: '60s' } },
        },
      },
    )
    const reached = Promise.withResolvers<void>()
    const left = Promise.withResolvers<void>()
    shelf.handle((_, response) => {
      response.once('close', left.resolve)
      if (hasBegun) response.write('x')
      reached.resolve()
    })
    const client = new AbortController()
    const asked = fetch(new URL('/images/a', patient.url), { signal: client.signal })
      .then((answer) => answer.text())
      .catch(() => {})
    await reached.promise
    client.abort()
    await Promise.all([asked, left.promise])
    await patient.close()
    expect(patient.logged).toEqual([])
  },
)

test('an answer leaves no timer that would keep the process from ending', { timeout: 60_000 }, async () => {
  // Longer than the test waits for timers to be gone.
  const times = { fetching: { time: '50s' }, limits: { time: '60s' } }
  const settings = { http: { forward: [{ path: '/images/', to: 'shelf' }] }, ...times }
  const patient = await startTestRouter({ sdl }, { settings })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const socket = connect(patient.port, '127.0.0.1')
    socket.write('GET /images/a HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /)
    await vi.waitUntil(() => vi.getTimerCount() === 0, { timeout: 30_000 })
  } finally {
    vi.useRealTimers()
    await patient.close()
  }
})

test('a server that is away, or silent, is a 502 in GraphQL’s form', async () => {
  shelf.handle((request) => request.socket.destroy())
  const answer = await at('/images/a')
  expect(answer.status).toBe(502)
  const message = 'The server behind this path did not answer.'
  expect(await answer.json()).toEqual({ errors: [{ message, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] })
  expect(JSON.parse(router.logged.at(-1) ?? '')).toMatchObject({
    ...{ subgraph: 'shelf', error: expect.stringContaining('socket hang up') },
    msg: 'a forwarded request failed',
  })
  shelf.handle(() => {})
  expect((await fetch(new URL('/images/a', hasty.url))).status).toBe(502)
})

test('a server that falls silent within its answer is not waited for', async () => {
  shelf.handle((_, response) => void response.write('x'))
  const answer = fetch(new URL('/images/a', hasty.url))
  await expect(answer.then((begun) => begun.text())).rejects.toThrow()
})

test('a rule’s path begins and ends with a slash', () => {
  const settings = { http: { forward: [{ path: '/images', to: 'shelf' }] } }
  expect(() => parseSettings(settings, 'router.yaml')).toThrow('"/images" is not a path of the form /images/')
})
