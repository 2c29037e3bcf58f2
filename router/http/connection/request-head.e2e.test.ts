import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { conversation, statusesIn } from '../../testing/conversation.ts'
import { composed, startTestRouter, type TestRouter } from '../../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../../testing/subgraph.ts'

let subgraph: TestSubgraph
let router: TestRouter

beforeAll(async () => {
  subgraph = await startSubgraph(
    'shelf',
    'type Query { sock(id: ID): String } type Mutation { buy: String }',
    {
      Query: { sock: (_: unknown, { id }: { id?: string }) => id ?? 'wool' },
      Mutation: {
        buy: async () => {
          await delay(50)
          return 'bought'
        },
      },
    },
  )
  router = await startTestRouter(
    { sdl: composed([subgraph.source]) },
    { settings: { limits: { body: '4KB' } } },
  )
})

afterAll(async () => {
  await router?.close()
  await subgraph?.stop()
})

const QUERY = '{"query":"{ sock }"}'
const HOST = 'host: shop.test\r\n'

/** A complete request, the last of its connection. */
function posted(headers: string, line = 'POST /graphql HTTP/1.1', body = QUERY): string {
  const own = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  return `${line}\r\nconnection: close\r\n${own}${headers}\r\n${body}`
}

function chunked(headers: string, version = '1.1'): string {
  const own = 'connection: close\r\ncontent-type: application/json\r\n'
  const body = `${QUERY.length.toString(16)}\r\n${QUERY}\r\n0\r\n\r\n`
  return `POST /graphql HTTP/${version}\r\n${own}${HOST}${headers}\r\n${body}`
}

function got(target: string, headers = ''): string {
  const own = `connection: close\r\napollo-require-preflight: 1\r\n${HOST}`
  return `GET ${target} HTTP/1.1\r\n${own}${headers}\r\n`
}

const served: Record<string, string> = {
  'a plain one': posted(HOST),
  'one of HTTP/1.0, which needs no host': posted('', 'POST /graphql HTTP/1.0'),
  'an empty host': posted('host: \r\n'),
  'a host with a port': posted('host: [::1]:4000\r\n'),
  'a target in absolute-form': posted(HOST, 'POST http://shop.test:4000/graphql HTTP/1.1'),
  'a target in absolute-form, its scheme in capitals': posted(HOST, 'POST HTTP://shop.test/graphql HTTP/1.1'),
  'a query in absolute-form': got('http://shop.test/graphql?query={sock}'),
  'a path with an unreserved character encoded': posted(HOST, 'POST /%67raphql HTTP/1.1'),
  'a chunked body': chunked('transfer-encoding: Chunked\r\n'),
  'an offer to upgrade': posted(`${HOST}connection: upgrade\r\nupgrade: h2c\r\n`),
  'a body that begins with a byte order mark': posted(HOST, undefined, `\uFEFF${QUERY}`),
  'a parameter that is not of GraphQL, twice': got('/graphql?a=1&a=2&query={sock}'),
}

const refused: Record<string, [status: number, request: string | Buffer]> = {
  'two hosts': [400, posted(`${HOST}host: other.test\r\n`)],
  'two hosts, thousands of headers apart': [
    400,
    posted(`${HOST}${'a:\r\n'.repeat(3_000)}host: other.test\r\n`),
  ],
  'two equal hosts': [400, posted(HOST + HOST)],
  'no host': [400, posted('')],
  'a host with a blank': [400, posted('host: a b\r\n')],
  'a host with a path': [400, posted('host: shop.test/admin\r\n')],
  'a host with user information': [400, posted('host: me@shop.test\r\n')],
  'a host list': [400, posted('host: a.test, b.test;\r\n')],
  'two authorizations': [400, posted(`${HOST}authorization: Bearer a\r\nAuthorization: Bearer b\r\n`)],
  'two content encodings': [
    400,
    posted(`${HOST}content-encoding: identity\r\nContent-Encoding: identity\r\n`),
  ],
  'two expectations': [400, posted(`${HOST}expect: 100-continue\r\nexpect: 100-continue\r\n`)],
  'two content types': [400, posted(`${HOST}content-type: text/plain\r\n`)],
  'an authority with user information': [400, posted(HOST, 'POST http://me@shop.test/graphql HTTP/1.1')],
  'another scheme': [400, posted(HOST, 'POST ftp://shop.test/graphql HTTP/1.1')],
  'a fragment': [400, posted(HOST, 'POST /graphql#a HTTP/1.1')],
  'a target that is no path': [400, posted(HOST, 'POST graphql HTTP/1.1')],
  'a tunnel': [405, `CONNECT shop.test:80 HTTP/1.1\r\n${HOST}\r\n`],
  'HTTP/2.0': [505, posted(HOST, 'POST /graphql HTTP/2.0')],
  'the preface of HTTP/2': [505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  'HTTP/0.9': [505, posted(HOST, 'POST /graphql HTTP/0.9')],
  'HTTP/1.2': [505, posted(HOST, 'POST /graphql HTTP/1.2')],
  'HTTP/3.0': [505, posted(HOST, 'POST /graphql HTTP/3.0')],
  'no version': [505, 'GET /graphql\r\n\r\n'],
  'transfer codings before chunked': [501, chunked('transfer-encoding: gzip, chunked\r\n')],
  'transfer codings without chunked': [501, chunked('transfer-encoding: gzip\r\n')],
  'the transfer coding identity': [501, chunked('transfer-encoding: identity\r\n')],
  'chunked twice': [400, chunked('transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n')],
  'transfer-encoding in HTTP/1.0': [400, chunked('transfer-encoding: chunked\r\n', '1.0')],
  'transfer-encoding and content-length': [
    400,
    chunked('content-length: 3\r\ntransfer-encoding: chunked\r\n'),
  ],
  'two lengths': [400, posted(`${HOST}content-length: 3\r\n`)],
  'two equal lengths': [400, posted(`${HOST}content-length: ${QUERY.length}\r\n`)],
  'a length with a sign': [400, `POST /graphql HTTP/1.1\r\n${HOST}content-length: +20\r\n\r\n${QUERY}`],
  'a folded header': [400, posted(`${HOST}x-a: b\r\n c\r\n`)],
  'a blank before a colon': [400, posted(`${HOST}x-a : b\r\n`)],
  'a header with a bare CR': [400, posted(`${HOST}x-a: b\rc\r\n`)],
  'a header with a NUL': [400, posted(`${HOST}x-a: b\0c\r\n`)],
  'lines that end by LF alone': [400, posted(HOST).replaceAll('\r\n', '\n')],
  'chunk extensions of 20 KB': [
    413,
    `POST /graphql HTTP/1.1\r\n${HOST}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n14;${'a'.repeat(20_000)}`,
  ],
  'another expectation': [417, posted(`${HOST}expect: cake\r\n`)],
  'a body that is not UTF-8': [
    400,
    Buffer.from(posted(HOST, undefined, '{"query":"{ sock(id: \\"~\\") }"}').replace('~', '\xFF'), 'latin1'),
  ],
  'a body with an overlong character': [
    400,
    Buffer.from(posted(HOST).replace('sock', '\xC1\xB3oc'), 'latin1'),
  ],
  'a body with a lone surrogate': [400, posted(HOST, undefined, '{"query":"{ sock(id: \\"\\ud800\\") }"}')],
  'a variable with a lone surrogate': [
    400,
    posted(HOST, undefined, '{"query":"{ sock }","variables":{"a":["\\udfff"]}}'),
  ],
  'a name with a lone surrogate': [
    400,
    posted(HOST, undefined, '{"query":"{ sock }","variables":{"\\uDBFFa":1}}'),
  ],
  'a URL that is not percent-encoded': [400, got('/graphql?query={sock}%zz')],
  'a URL that is not UTF-8': [400, got('/graphql?query={sock(id:"%ff")}')],
  'a URL in UTF-8 that is not percent-encoded': [400, Buffer.from(got('/graphql?query={sock(id:"é")}'))],
  'a URL with half of a surrogate pair': [400, got('/graphql?query={sock(id:"%ED%A0%80")}')],
  'variables that are not UTF-8': [400, got('/graphql?query={sock}&variables={"a":"%C3"}')],
  'variables with a lone surrogate': [400, got('/graphql?query={sock}&variables={"a":"%5Cud800"}')],
  'two queries': [400, got('/graphql?query={sock}&query={__typename}')],
  'a parameter twice, once encoded': [400, got('/graphql?query={sock}&variables={}&%76ariables={}')],
}

describe('a request is served that has', () => {
  test.each(Object.entries(served))('%s', async (_, request) => {
    const text = await conversation(router.port, request)
    expect(statusesIn(text)).toEqual([200])
    expect(text).toContain('{"data":{"sock":"wool"}}')
  })
})

describe('a request is refused once, as JSON, and runs nothing, that has', () => {
  test.each(Object.entries(refused))('%s', async (_, [status, request]) => {
    const before = subgraph.received.length
    const text = await conversation(router.port, request)
    expect(statusesIn(text)).toEqual([status])
    expect(text).toMatch(/^content-type: application\/json; charset=utf-8\r$/m)
    expect(text).toMatch(/^x-content-type-options: nosniff\r$/m)
    expect(text).toContain('"code":"BAD_USER_INPUT"')
    expect(subgraph.received).toHaveLength(before)
  })
})

test.each([
  ['no HTTP', 'GARBAGE\r\n\r\n', 'The request is not valid HTTP.'],
  ['lines that end by LF alone', posted(HOST).replaceAll('\r\n', '\n'), 'The request is not valid HTTP.'],
  ['another version', posted(HOST, 'POST /graphql HTTP/3.0'), 'Only HTTP/1.1 and HTTP/1.0 are supported.'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'Only HTTP/1.1 and HTTP/1.0 are supported.'],
  ['a tunnel', `CONNECT shop.test:80 HTTP/1.1\r\n${HOST}\r\n`, 'Only the methods GET/POST are supported.'],
  ['large headers', posted(`${HOST}x-a: ${'a'.repeat(17_000)}\r\n`), 'The headers are too large.'],
  [
    'large chunk extensions',
    `POST /graphql HTTP/1.1\r\n${HOST}transfer-encoding: chunked\r\n\r\n1;${'a'.repeat(20_000)}`,
    'The chunk extensions are too large.',
  ],
  [
    'another expectation',
    posted(`${HOST}expect: cake\r\n`),
    'Expect "cake" cannot be met: only 100-continue is known.',
  ],
])('a client that sends %s is told what is wrong', async (_, request, message) => {
  expect(bodyOf(await conversation(router.port, request))).toEqual({
    errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }],
  })
})

function bodyOf(text: string): unknown {
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n')))
}

describe('a client that waits for 100 Continue', () => {
  const head = (fields: string) =>
    `POST /graphql HTTP/1.1\r\n${HOST}expect: 100-continue\r\nconnection: close\r\n${fields}\r\n`

  test('gets 100 Continue if its request can be served', async () => {
    const fields = `content-type: application/json\r\ncontent-length: ${QUERY.length}\r\n`
    const socket = connect(router.port, '127.0.0.1', () => socket.write(head(fields)))
    let text = ''
    for await (const chunk of socket) {
      text += chunk
      if (text === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(QUERY)
    }
    expect(statusesIn(text)).toEqual([100, 200])
    expect(text).toContain('"sock":"wool"')
  })

  test('gets no 100 Continue if it speaks HTTP/1.0, which has no interim responses', async () => {
    const fields = `${HOST}expect: 100-continue\r\n`
    const text = await conversation(router.port, posted(fields, 'POST /graphql HTTP/1.0'))
    expect(statusesIn(text)).toEqual([200])
  })

  test.each([
    [413, 'content-type: application/json\r\ncontent-length: 5000\r\n'],
    [415, 'content-type: application/xml\r\ncontent-length: 50\r\n'],
    [400, 'content-type: text/plain\r\ncontent-length: 50\r\n'],
    [415, 'content-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 50\r\n'],
  ])('gets %i at once', async (status, fields) => {
    expect(statusesIn(await conversation(router.port, head(fields)))).toEqual([status])
  })
})

describe('what comes after a mutation on its connection', () => {
  const mutation = (): string =>
    posted(HOST, undefined, '{"query":"mutation { buy }"}').replace('connection: close\r\n', '')

  test.each([
    ['no HTTP', 'GARBAGE\r\n\r\n', 400],
    ['a second head that is wrong', 'GET / HTTP/1.1\r\nhost : x\r\n\r\n', 400],
    [
      'a body that is wrong',
      `POST /graphql HTTP/1.1\r\n${HOST}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n`,
      400,
    ],
    ['headers that are too large', `GET / HTTP/1.1\r\n${HOST}x-a: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
  ])('is refused after it is answered, where it is %s', async (_, after, status) => {
    const text = await conversation(router.port, mutation() + after)
    expect(statusesIn(text)).toEqual([200, status])
    expect(text).toContain('"buy":"bought"')
  })
})

test('what is no HTTP is refused at once where the requests before it are answered', async () => {
  const socket = connect(router.port, '127.0.0.1').setEncoding('latin1')
  let text = ''
  socket.on('data', (part) => {
    text += part
  })
  socket.write(`GET /health/live HTTP/1.1\r\n${HOST}\r\n`)
  await once(socket, 'data')
  socket.write('GARBAGE\r\n\r\n')
  await once(socket, 'close')
  expect(statusesIn(text)).toEqual([200, 400])
})

test('a request that is refused by its head is the last of its connection, whose rest is not read', async () => {
  const next = `GET /health/live HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`
  const text = await conversation(router.port, `GET /graphql HTTP/1.1\r\n${HOST}${HOST}\r\n${next}`)
  expect(statusesIn(text)).toEqual([400])
})

test('a client that asks for a tunnel and resets its connection harms nobody', async () => {
  const socket = connect(router.port, '127.0.0.1')
  socket.write(`CONNECT shop.test:80 HTTP/1.1\r\n${HOST}\r\n`)
  await once(socket, 'data')
  socket.resetAndDestroy()
  // The router reads the end of the connection before the requests of later ones.
  for (let time = 0; time < 3; time++)
    expect((await fetch(new URL('/health/live', router.url))).status).toBe(200)
})

test('OPTIONS * returns the methods', async () => {
  const text = await conversation(router.port, `OPTIONS * HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`)
  expect(text).toMatch(/^HTTP\/1\.1 204 [\s\S]*allow: GET, POST, OPTIONS/)
})

test('a client that is refused and keeps its side open loses the connection', async () => {
  const socket = connect({ port: router.port, host: '127.0.0.1', allowHalfOpen: true })
  const broken = new Promise<void>((resolve) => socket.once('error', () => resolve()))
  const ended = new Promise<void>((resolve) => socket.once('end', () => resolve()))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    socket.resume().write('GARBAGE\r\n\r\n')
    await ended
    vi.advanceTimersByTime(5_000)
  } finally {
    vi.useRealTimers()
  }
  const writing = setInterval(() => socket.write('x'), 5)
  await broken
  clearInterval(writing)
  socket.destroy()
})
