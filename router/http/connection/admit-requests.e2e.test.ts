import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { conversation, statusesIn } from '../../testing/conversation.ts'
import { json, startTestServer, type TestServer, textOf } from '../../testing/http-server.ts'
import { startIssuer } from '../../testing/issuer.ts'
import { composed, type StartOptions, startTestRouter, type TestRouter } from '../../testing/router.ts'

/** A subgraph that answers `{ number(of: N) }` when the test allows it. */
let subgraph: TestServer
let sdl: string
let router: TestRouter | null = null
/** The requested numbers, each with a function that sends its answer. */
const asked: { readonly number: number; answer(): void }[] = []
let heard = () => {}

beforeAll(async () => {
  subgraph = await startTestServer(async (request, response) => {
    const { query } = JSON.parse(await textOf(request))
    // The router gives fields with arguments an alias.
    const [, name = '', argument] = /(\w+):number\(of:(\d+)\)/.exec(query) ?? []
    const number = Number(argument)
    asked.push({ number, answer: () => json(response, 200, { data: { [name]: number } }) })
    heard()
  })
  const schema = 'type Query { number(of: Int!): Int }'
  sdl = composed([
    { name: 'numbers', url: `${subgraph.origin}/graphql`, file: 'numbers.graphql', sdl: schema },
  ])
})

afterEach(async () => {
  await router?.close()
  router = null
  asked.length = 0
})

afterAll(() => subgraph?.stop())

async function start(
  settings: StartOptions['settings'] = {},
  options: StartOptions = {},
): Promise<TestRouter> {
  router = await startTestRouter({ sdl }, { ...options, settings: { limits: { drain: '1s' }, ...settings } })
  return router
}

/** Waits until this number of requests has arrived in total. */
async function askedFor(count: number): Promise<void> {
  while (asked.length < count) {
    await new Promise<void>((resolve) => {
      heard = resolve
    })
  }
}

const numbers = () => asked.map(({ number }) => number)
const queryOf = (number: number) => `{ number(of: ${number}) }`

function requestOf(number: number): string {
  const body = JSON.stringify({ query: queryOf(number) })
  return `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

type Raw = {
  readonly socket: Socket
  text(): string
  /** Waits until a text has been printed this number of times. */
  shows(text: string, count?: number): Promise<void>
}

const timesIn = (text: string, part: string) => text.split(part).length - 1

async function open(port: number): Promise<Raw> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  let look = () => {}
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    text += chunk
    look()
  })
  await once(socket, 'connect')
  return {
    socket,
    text: () => text,
    shows: (wanted, count = 1) =>
      new Promise((resolve) => {
        look = () => {
          if (timesIn(text, wanted) >= count) resolve()
        }
        look()
      }),
  }
}

/** A client whose request has a place when this resolves: the router asks for its body. */
async function admitted(port: number, number: number): Promise<Raw> {
  const client = await open(port)
  const [head = '', body = ''] = requestOf(number).split('\r\n\r\n')
  client.socket.write(`${head}\r\nexpect: 100-continue\r\n\r\n`)
  await client.shows('100 Continue')
  client.socket.write(body)
  return client
}

describe('more requests than may be in work', () => {
  const limits = { requests: { working: 2, waiting: 1 }, drain: '1s' }

  test('wait in order, and are refused with 503 where too many wait', async () => {
    const { ask, logged } = await start({ limits })
    // One after the other: if two arrived late in the same turn, one would wait and the other would be
    // refused.
    const first = ask(queryOf(1))
    await askedFor(1)
    const answers = [first, ask(queryOf(2))]
    await askedFor(2)
    const third = ask(queryOf(3))
    // The third waits after another is refused. If two arrive at once, either may be refused.
    const fourth = ask(queryOf(4))
    const refused = await Promise.race([third, fourth])
    expect(refused).toMatchObject({
      status: 503,
      errors: [
        {
          message: 'The router has too many requests at the moment: try again.',
          extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 },
        },
      ],
    })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(numbers().sort()).toEqual([1, 2])
    asked[0]?.answer()
    await askedFor(3)
    for (const { answer } of asked.slice(1)) answer()
    const [one, two] = await Promise.all(answers)
    expect([one?.status, two?.status]).toEqual([200, 200])
    expect((await Promise.all([third, fourth])).map(({ status }) => status).sort()).toEqual([200, 503])
    expect(logged.filter((line) => line.includes('the request queue is full'))).toHaveLength(1)
  })

  test('are refused with 503 once they have waited too long', async () => {
    const { ask } = await start({ limits: { requests: { working: 1, wait: '20ms' }, drain: '1s' } })
    const first = ask(queryOf(1))
    await askedFor(1)
    expect(await ask(queryOf(2))).toMatchObject({ status: 503 })
    asked[0]?.answer()
    expect(await first).toMatchObject({ status: 200, data: { number: 1 } })
    expect(numbers()).toEqual([1])
  })

  test('do not keep health checks and preflights waiting', async () => {
    const { ask, url, port } = await start({ limits: { requests: { working: 1, waiting: 0 }, drain: '1s' } })
    const first = ask(queryOf(1))
    await askedFor(1)
    expect((await fetch(new URL('/health/live', url))).status).toBe(200)
    expect((await fetch(new URL('/health/ready', url))).status).toBe(200)
    expect((await fetch(url, { method: 'OPTIONS' })).status).not.toBe(503)
    expect((await ask(queryOf(2))).status).toBe(503)
    // Other spellings of the endpoint's path.
    for (const target of ['http://x/graphql', '/%67raphql', '/graphql?a=1']) {
      const request = requestOf(3)
        .replace('/graphql', target)
        .replace('host: x', 'host: x\r\nconnection: close')
      expect([target, statusesIn(await conversation(port, request))]).toEqual([target, [503]])
    }
    asked[0]?.answer()
    await first
  })

  test('are forgotten where their client left', async () => {
    const { ask, port } = await start({ limits: { requests: { working: 1 }, drain: '1s' } })
    const first = ask(queryOf(1))
    await askedFor(1)
    const leaving = await open(port)
    leaving.socket.write(requestOf(2))
    const health = await open(port)
    // The health check is answered after the other request has arrived.
    health.socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n')
    await health.shows('"live"')
    leaving.socket.resetAndDestroy()
    for (const times of [2, 3]) {
      health.socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n')
      await health.shows('"live"', times)
    }
    const third = ask(queryOf(3))
    asked[0]?.answer()
    await first
    await askedFor(2)
    expect(numbers()).toEqual([1, 3])
    asked[1]?.answer()
    expect(await third).toMatchObject({ status: 200, data: { number: 3 } })
    health.socket.destroy()
  })

  test.each(['POST', 'GET'])(
    'have a place again where the client of a %s leaves while its caller is identified',
    async (method) => {
      const issuer = await startIssuer()
      const token = await issuer.sign()
      const keys = Promise.withResolvers<ServerResponse>()
      issuer.server.handle((_, response) => keys.resolve(response))
      const limits = { requests: { working: 1, waiting: 0 }, drain: '1s' }
      const { ask, port, url } = await start({ limits }, { accessTokens: issuer.options })
      const leaving = await open(port)
      const target = method === 'GET' ? `/graphql?query=${encodeURIComponent(queryOf(1))}` : '/graphql'
      const [, ...rest] = requestOf(1).split('\r\n')
      const head = [`${method} ${target} HTTP/1.1`, `authorization: Bearer ${token}`]
      leaving.socket.write([...head, ...rest].join('\r\n'))
      const held = await keys.promise
      leaving.socket.resetAndDestroy()
      // The router reads the end of the connection before the requests of later ones.
      for (let time = 0; time < 3; time++) await fetch(new URL('/health/live', url))
      json(held, 200, issuer.keySet())
      while ((await ask('{ __typename }')).status === 503) await fetch(new URL('/health/live', url))
      expect(numbers()).toEqual([])
      await issuer.server.stop()
    },
  )

  test('have a place again after each request that failed', async () => {
    const { ask, url } = await start({ limits: { requests: { working: 1, waiting: 0 }, drain: '1s' } })
    expect((await ask('{ nothing }')).status).toBe(400)
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(url, { method: 'POST', body: 'nope', headers })).status).toBe(400)
    const fourth = ask(queryOf(4))
    await askedFor(1)
    asked[0]?.answer()
    expect(await fourth).toMatchObject({ status: 200 })
  })
})

describe('requests that share a run', () => {
  test('take one place', async () => {
    const { ask, port } = await start({ limits: { requests: { working: 2, waiting: 0 }, drain: '1s' } })
    const first = ask(queryOf(1))
    await askedFor(1)
    const same: Raw[] = []
    for (let time = 0; time < 2; time++) {
      // Only now may others ask: they would take the place before it does.
      same.push(await admitted(port, 1))
      while ((await ask('{ __typename }')).status !== 200);
    }
    asked[0]?.answer()
    expect((await first).status).toBe(200)
    for (const { socket, shows } of same) {
      await shows('HTTP/1.1 200 OK')
      socket.destroy()
    }
    // Afterwards there are two places, as before.
    const two = [ask(queryOf(2))]
    await askedFor(2)
    two.push(ask(queryOf(3)))
    await askedFor(3)
    expect((await ask('{ __typename }')).status).toBe(503)
    for (const { answer } of asked.slice(1)) answer()
    for (const answer of await Promise.all(two)) expect(answer.status).toBe(200)
  })
})

describe('requests that are pipelined', () => {
  test('are in work one after the other, and answered in order', async () => {
    const { port } = await start()
    const client = await open(port)
    client.socket.write([1, 2, 3].map(requestOf).join(''))
    for (const number of [1, 2, 3]) {
      await askedFor(number)
      expect(numbers()).toEqual([1, 2, 3].slice(0, number))
      asked.at(-1)?.answer()
      await client.shows(`"number":${number}}`)
    }
    client.socket.destroy()
  })

  test('are answered before the refusal of what follows them', async () => {
    const { port } = await start()
    const client = await open(port)
    client.socket.write(`${requestOf(1)}${requestOf(2)}GARBAGE\r\n\r\n`)
    for (const number of [1, 2]) {
      await askedFor(number)
      asked.at(-1)?.answer()
      await client.shows(`"number":${number}}`)
    }
    await client.shows('The request is not valid HTTP.')
    expect(statusesIn(client.text())).toEqual([200, 200, 400])
    client.socket.destroy()
  })

  test('are not read beyond what is waiting', async () => {
    const { port } = await start()
    const client = await open(port)
    const request = 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n'
    client.socket.write(requestOf(1))
    await askedFor(1)
    client.socket.write(request.repeat(200_000))
    const other = await open(port)
    other.socket.write(request)
    await other.shows('"live"')
    // The kernel's buffers take some megabytes; the rest stays at the client.
    expect(client.socket.writableLength).toBeGreaterThan(0)
    asked[0]?.answer()
    await client.shows('"live"', 100)
    expect(client.text().indexOf('"number":1}')).toBeLessThan(client.text().indexOf('"live"'))
    client.socket.destroy()
    other.socket.destroy()
  })

  test('by hundreds let others be answered between them', async () => {
    const { port } = await start()
    const count = 400
    const [client, other] = [await open(port), await open(port)]
    client.socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(count))
    other.socket.write('GET /health/ready HTTP/1.1\r\nhost: x\r\n\r\n')
    await other.shows('ready')
    expect(timesIn(client.text(), '"live"')).toBeLessThan(count)
    await client.shows('"live"', count)
    client.socket.destroy()
    other.socket.destroy()
  })

  test('are forgotten with their connection', async () => {
    const { port, ask } = await start()
    const client = await open(port)
    client.socket.write([1, 2].map(requestOf).join(''))
    await askedFor(1)
    client.socket.resetAndDestroy()
    const third = ask(queryOf(3))
    await askedFor(2)
    expect(numbers()).toEqual([1, 3])
    asked[1]?.answer()
    expect((await third).status).toBe(200)
  })
})
