import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Serving } from '../serving.ts'
import { parseSettings, type RouterSettingsInput } from '../settings.ts'
import { conversation } from '../testing/conversation.ts'
import { testLog } from '../testing/router.ts'
import { listen } from './server.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const end of ends.splice(0)) await end()
})

/** A server whose endpoint does what the test says; it fails by default. */
async function start({
  explorer = false,
  limits = {} as RouterSettingsInput['limits'],
  graphql = (async () => {
    throw new Error('the password is hush')
  }) as Parameters<typeof listen>[2]['graphql'],
} = {}) {
  const { log, logged } = testLog()
  let serving = servingOf('abc')
  const server = await listen(0, '127.0.0.1', {
    ...{ graphql, path: '/graphql', explorer, log, addressOf: () => null },
    slot: { current: () => serving, of: () => serving, swap() {}, onSwap: () => () => {} },
    forwarding: {
      ruleFor: (_, path) =>
        path.startsWith('/files/') ? { path: '/files/', to: 'shelf', post: false } : null,
      forward: async ({ to }, _, response, origins) => void response.end(origins.get(to)?.href),
      close() {},
    },
    limits: parseSettings({ limits }, 'a test').limits,
  })
  ends.push(() => server.close())
  const ask = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      ...{ method, redirect: 'manual', headers: { connection: 'close' } },
    })
  const swap = (id: string) => {
    serving = servingOf(id)
  }
  return { ask, logged, swap, port: server.port, close: () => server.close() }
}

/** The parts of a supergraph that the server reads. */
function servingOf(id: string): Serving {
  const origins = new Map([['shelf', new URL(`http://${id}.test/graphql`)]])
  return { supergraph: { id }, origins } as unknown as Serving
}

describe('outside the endpoint', () => {
  test.each([
    ['GET', '/health/live', 200, '{"status":"live"}\n'],
    ['HEAD', '/health/live', 200, ''],
    ['GET', '/health/ready', 200, '{"status":"ready","supergraph":"abc"}\n'],
    ['HEAD', '/health/ready', 200, ''],
    ['GET', '/health/ready?verbose', 200, '{"status":"ready","supergraph":"abc"}\n'],
  ])('%s %s is %d', async (method, path, status, body) => {
    const { ask } = await start()
    const answer = await ask(path, method)
    expect([answer.status, await answer.text()]).toEqual([status, body])
  })

  test.each([
    ['POST', '/health/live'],
    ['POST', '/health/ready'],
    ['DELETE', '/'],
    ['GET', '/health'],
    ['GET', '/graphql/'],
    ['GET', '/'],
  ])('%s %s is 404', async (method, path) => {
    const { ask } = await start()
    const answer = await ask(path, method)
    expect([answer.status, await answer.json()]).toEqual([
      404,
      {
        errors: [
          {
            message: `Nothing is served at ${method} "${path}": GraphQL is at /graphql.`,
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
      },
    ])
  })

  test.each(['GET', 'HEAD'])('%s / leads to the explorer where there is one', async (method) => {
    const { ask } = await start({ explorer: true })
    const answer = await ask('/', method)
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/graphql'])
  })
})

test('a swapped supergraph is the one that is ready, and whose subgraphs paths are forwarded to', async () => {
  const { ask, swap } = await start()
  for (const id of ['abc', 'def']) {
    swap(id)
    expect(await (await ask('/health/ready')).json()).toEqual({ status: 'ready', supergraph: id })
    expect(await (await ask('/files/a')).text()).toBe(`http://${id}.test/graphql`)
  }
})

test('a fault of the router is 500 without its reason, which is logged with the place in the code', async () => {
  const { ask, logged } = await start()
  const answer = await ask('/graphql')
  expect([answer.status, await answer.json()]).toEqual([
    500,
    { errors: [{ message: 'Internal server error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
  ])
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { level: 50, msg: 'a request failed', error: expect.stringMatching(/the password is hush\n +at /) },
  ])
})

test.each([
  ['30s', 30_000, 10_000, 1_000],
  ['5s', 5_000, 5_000, 1_000],
  ['500ms', 500, 500, 500],
])(
  'a request has %s to arrive, its headers 10 s at most, and slow clients are looked for every second',
  async (receive, requestTimeout, headersTimeout, connectionsCheckingInterval) => {
    let server: Server | null = null
    const note = (message: unknown) => {
      // The channel's message names the server that listens.
      server = (message as { readonly server: Server }).server
    }
    subscribe('tracing:net.server.listen:asyncEnd', note)
    ends.push(() => unsubscribe('tracing:net.server.listen:asyncEnd', note))
    await start({ limits: { receive } })
    expect(server).toMatchObject({
      ...{ requestTimeout, headersTimeout, connectionsCheckingInterval, keepAliveTimeout: 65_000 },
    })
  },
)

test('a server that closes answers what has begun and what arrives, each as the last of its connection', async () => {
  const begun = Promise.withResolvers<ServerResponse>()
  const { port, close } = await start({ graphql: async (_, response) => begun.resolve(response) })
  const waiting = conversation(port, 'GET /graphql HTTP/1.1\r\nhost: x\r\n\r\n')
  const response = await begun.promise
  const client = connect(port, '127.0.0.1')
  let answers = ''
  client.on('data', (chunk) => {
    answers += chunk
  })
  // The second request has begun to arrive.
  client.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\nGET /health/ready HTTP/1.1\r\n')
  await once(client, 'data')
  const closed = close()
  client.write('host: x\r\n\r\n')
  await once(client, 'close')
  expect(answers).toMatch(/"live"[\s\S]*HTTP\/1.1 503[\s\S]*connection: close[\s\S]*"draining"/i)
  response.end()
  expect(await waiting).toMatch(/connection: close/i)
  await closed
})

test('a server that closes answers what arrives on idle connections, ends those that stay idle, and leaves no timer', async () => {
  const begun = Promise.withResolvers<ServerResponse>()
  const { port, close } = await start({
    limits: { drain: '5s' },
    graphql: async (_, response) => begun.resolve(response),
  })
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`
  const opened = (path: string): Socket => {
    const client = connect(port, '127.0.0.1').setEncoding('latin1')
    client.write(get(path))
    return client
  }
  const [asking, idle, patient] = [opened('/health/live'), opened('/health/live'), opened('/health/live')]
  const late = opened('/graphql')
  await Promise.all([asking, idle, patient].map((client) => once(client, 'data')))
  // This response has promised to keep its connection.
  const response = await begun.promise
  response.write('x')
  await once(late, 'data')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  const closed = close()
  // A request may be on its way for half a second.
  for (const [client, ms] of [
    [asking, 0],
    [patient, 499],
  ] as const) {
    vi.advanceTimersByTime(ms)
    client.write(get('/health/ready'))
    const [answer] = await once(client, 'data')
    expect(answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*connection: close/i)
  }
  vi.advanceTimersByTime(1)
  await once(idle.resume(), 'close')
  response.end('y')
  await once(late, 'data')
  vi.advanceTimersByTime(50)
  await once(late.resume(), 'close')
  await closed
  expect(vi.getTimerCount()).toBe(0)
})
