import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { answerOf, type RawConnection, type RawServer, startRawServer } from '../testing/raw-server.ts'
import { FetchFailure } from './fetch-failure.ts'
import { connectionPools } from './pools.ts'
import { post } from './post.ts'
import { headerLine, requestStart } from './request.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  for (const end of ends.splice(0)) await end()
})

type CallOptions = { body?: string; lines?: string; timeMs?: number; maxBytes?: number; signal?: AbortSignal }

/** A client of `origin`, which returns the body or the kind of the failure. */
function caller(origin: string, connections = 4) {
  const pools = connectionPools(connections)
  ends.push(() => pools.close())
  const askAt = async (place: string, { body = '{}', lines = '', ...limits }: CallOptions = {}) => {
    const head = requestStart('POST', new URL('/graphql?x=1', place), { accept: 'a/b' }) + lines
    try {
      const answer = await post(pools.pool(place), {
        head,
        body,
        timeMs: 50_000,
        maxBytes: 1_000,
        ...limits,
      })
      return answer.body.toString()
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error
      return error.kind
    }
  }
  const ask = (options?: CallOptions): Promise<string> => askAt(origin, options)
  return { ask, askAt, pools }
}

async function serve(onRequest: (connection: RawConnection, count: number) => void, connections?: number) {
  const server = await startRawServer(onRequest)
  ends.push(() => server.stop())
  return { server, ...caller(server.origin, connections) }
}

/** A server that does not answer. */
async function hold(connections?: number) {
  const waiting: RawConnection[] = []
  let arrived = () => {}
  const served = await serve((connection) => {
    waiting.push(connection)
    arrived()
  }, connections)
  return {
    ...served,
    waiting,
    async reached(count: number) {
      while (waiting.length < count) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
    },
  }
}

const say = (text: string) => (connection: RawConnection) => void connection.socket.write(text)

describe('a request', () => {
  test('is written with its length in bytes', async () => {
    const { ask, server } = await serve(say(answerOf('{}')))
    await ask({ body: '{"a":"1"}', lines: headerLine('x-name', 'B\xf8rge') })
    await ask({ body: '{"a":"€"}', lines: headerLine('x-name', 'B\xf8rge') })
    const start = `POST /graphql?x=1 HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nconnection: keep-alive\r\naccept: a/b\r\nx-name: B\xf8rge\r\n`
    const euro = Buffer.from('{"a":"€"}').toString('latin1')
    expect(server.connections[0]?.received()).toBe(
      `${start}content-length: 9\r\n\r\n{"a":"1"}${start}content-length: 11\r\n\r\n${euro}`,
    )
  })

  test.each(['a\r\nx: y', 'a\nb', 'a\rb', 'a\0b', '€', '\x7f'])('holds no header %j', (value) => {
    expect(() => headerLine('x', value)).toThrow(FetchFailure)
    expect(() => headerLine(value, 'x')).toThrow(FetchFailure)
  })

  test.each([
    ['http', 80],
    ['https', 443],
  ])('to an origin of %s without a port is sent to port %i', async (scheme, port) => {
    const pools = connectionPools(1)
    ends.push(() => pools.close())
    // Nobody can connect to this address, and the error has the port.
    const url = new URL(`${scheme}://255.255.255.255/`)
    const asked = post(pools.pool(url.origin), {
      ...{ head: requestStart('GET', url, {}), body: null, timeMs: 20_000, maxBytes: 1_000 },
    })
    await expect(asked).rejects.toMatchObject({
      detail: expect.stringContaining(`255.255.255.255:${port}`),
    })
  })

  test('to a host in IPv6 is sent to it', async ({ skip }) => {
    const server = await startRawServer(say(answerOf('six')), '::1').catch(() => null)
    if (!server) return skip('the machine has no IPv6')
    ends.push(() => server.stop())
    expect(await caller(server.origin).ask()).toBe('six')
    expect(server.connections[0]?.received()).toContain(`host: [::1]:${server.port}\r\n`)
  })
})

describe('a connection', () => {
  test('is used again, the last one first', async () => {
    // A router that has run for a day.
    vi.spyOn(performance, 'now').mockReturnValue(86_400_000)
    const { ask, server, waiting, reached } = await hold()
    const both = new Map(['a', 'b'].map((body) => [body, ask({ body })]))
    await reached(2)
    // They may have arrived in any order.
    for (const { socket, received } of [...waiting]) {
      socket.write(answerOf('x'))
      await both.get(received().slice(-1))
    }
    const last = ask()
    await reached(3)
    expect(server.connections).toHaveLength(2)
    expect(waiting[2]).toBe(waiting[1])
    waiting[2]?.socket.write(answerOf('again'))
    expect(await last).toBe('again')
    // One that ends takes no other along.
    waiting[0]?.socket.end()
    await waiting[0]?.closed
    void ask()
    await reached(4)
    expect(waiting[3]).toBe(waiting[1])
  })

  test.each([
    ['says that it closes', answerOf('x', 'connection: close\r\n')],
    ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx'],
    ['keeps it for a second', answerOf('x', 'keep-alive: timeout=1\r\n')],
    ['sends more than its answer', `${answerOf('x')}HTTP/1.1 200 OK\r\n`],
  ])('is not used again where the server %s', async (_, text) => {
    const { ask, server } = await serve(say(text))
    expect([await ask(), await ask()]).toEqual(['x', 'x'])
    expect(server.connections).toHaveLength(2)
    await server.connections[0]?.closed
  })

  test('that the server closes carries no request that waits', async () => {
    const { ask, server } = await serve(say(answerOf('x', 'connection: close\r\n')), 1)
    expect(await Promise.all([ask(), ask()])).toEqual(['x', 'x'])
    expect(server.connections).toHaveLength(2)
  })

  test.each<[string, (connection: RawConnection) => void]>([
    ['sends what nobody asked for', say(answerOf('stolen'))],
    ['ends it', ({ socket }) => socket.end()],
  ])('that idles is closed where the server %s', async (_, misbehave) => {
    // A sweep would close it, too, when it has idled for too long.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { ask, server } = await serve(say(answerOf('x')))
    await ask()
    const [first] = server.connections
    if (first) misbehave(first)
    await first?.closed
    expect(await ask()).toBe('x')
    expect(server.connections).toHaveLength(2)
  })

  test.each<[string, (connection: RawConnection) => void]>([
    ['a second answer has come', say(answerOf('stolen'))],
    ['a byte has come', say('H')],
  ])('is not used again where %s that the event loop has not shown yet', async (_, misbehave) => {
    const { ask, server } = await serve(say(answerOf('x')))
    await ask()
    // Longer than a connection may be idle without being checked.
    await new Promise((resolve) => setTimeout(resolve, 5))
    const [first] = server.connections
    // The bytes are in the kernel when this returns: the next request begins in the same turn.
    if (first) misbehave(first)
    expect(await ask()).toBe('x')
    expect(server.connections).toHaveLength(2)
    await first?.closed
  })

  test('that has idled for the time that the server keeps it is closed by the router, and a new one is opened', async () => {
    const { ask, server } = await serve(say(answerOf('x', 'keep-alive: timeout=2\r\n')))
    await ask()
    // The server closes none itself.
    await server.connections[0]?.closed
    expect(await ask()).toBe('x')
    expect(server.connections).toHaveLength(2)
  })

  test('that may idle for several seconds is closed by the router when they are over, and a later one too', async () => {
    const { ask, server } = await serve(say(answerOf('x', 'keep-alive: timeout=3\r\n')))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let passed = 0
    vi.spyOn(performance, 'now').mockImplementation(() => passed)
    const second = () => {
      passed += 1_000
      vi.advanceTimersByTime(1_000)
    }
    for (let place = 0; place < 2; place++) {
      expect(await ask()).toBe('x')
      second()
      expect(await ask()).toBe('x')
      expect(server.connections).toHaveLength(place + 1)
      for (let idle = 0; idle < 3; idle++) second()
      // The server closes none itself.
      await server.connections[place]?.closed
    }
    expect(server.connections).toHaveLength(2)
  })

  test('that has idled too long makes room for another one', async () => {
    const { ask, server } = await serve(say(answerOf('x', 'keep-alive: timeout=60\r\n')), 1)
    await ask()
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_000)
    expect(await ask()).toBe('x')
    expect(server.connections).toHaveLength(2)
    await server.connections[0]?.closed
  })

  test('is closed after an answer that came before the request was sent', async () => {
    const server: RawServer = await startRawServer(() => {})
    ends.push(() => server.stop())
    const { ask } = caller(server.origin)
    const early = ask({ body: 'x'.repeat(30_000_000) })
    await server.connected(1)
    const [first] = server.connections
    first?.socket.pause()
    first?.socket.write(answerOf('early'))
    expect(await early).toBe('early')
    const next = ask()
    await Promise.race([server.connected(2), next])
    server.connections[1]?.socket.write(answerOf('next'))
    expect(await next).toBe('next')
    first?.socket.resume()
    await first?.closed
    expect(first?.received().length).toBeLessThan(30_000_000)
  })

  test('is opened no more often than allowed; who waits is served in order', async () => {
    const { ask, server, waiting, reached } = await hold(2)
    const answers = ['a', 'b', 'c', 'd'].map((body) => ask({ body }))
    await reached(2)
    for (const body of ['c', 'd']) {
      const [connection] = waiting.slice(-2)
      connection?.socket.write(answerOf('x'))
      await reached(body === 'c' ? 3 : 4)
      expect(waiting.at(-1)?.received().endsWith(body)).toBe(true)
    }
    for (const { socket } of waiting.slice(-2)) socket.write(answerOf('x'))
    expect(await Promise.all(answers)).toEqual(['x', 'x', 'x', 'x'])
    expect(server.connections).toHaveLength(2)
  })

  test('carries the next request whatever becomes of the signal and the time of the last one', async () => {
    const { ask, server, waiting, reached } = await hold(1)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const controller = new AbortController()
    const first = ask({ signal: controller.signal, timeMs: 1_000 })
    await reached(1)
    waiting[0]?.socket.write(answerOf('1'))
    expect(await first).toBe('1')
    const second = ask()
    await reached(2)
    controller.abort()
    vi.advanceTimersByTime(1_000)
    waiting[1]?.socket.write(answerOf('2'))
    expect(await second).toBe('2')
    expect(server.connections).toHaveLength(1)
  })

  test('that breaks is replaced by one for those who wait', async () => {
    const { ask, server, waiting, reached } = await hold(1)
    const answers = [ask(), ask(), ask()]
    await reached(1)
    waiting[0]?.socket.resetAndDestroy()
    await reached(2)
    waiting[1]?.socket.write(answerOf('x'))
    await reached(3)
    waiting[2]?.socket.write(answerOf('x'))
    expect(await Promise.all(answers)).toEqual(['broken', 'x', 'x'])
    expect(server.connections).toHaveLength(2)
  })
})

describe('an exchange fails', () => {
  test.each([
    ['broken', 'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{'],
    ['broken', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['broken', ''],
    ['broken', 'no HTTP at all'],
  ])('as %s where the server ends it after %j', async (kind, text) => {
    const { ask } = await serve(({ socket }) => socket.end(text))
    expect(await ask()).toBe(kind)
  })

  test('not where the end of the connection is the end of the body', async () => {
    const { ask } = await serve(({ socket }) => socket.end('HTTP/1.1 200 OK\r\n\r\n{"a":1}'))
    expect(await ask()).toBe('{"a":1}')
  })

  test('as unreachable where the handshake of TLS takes more than two seconds', async () => {
    const { server } = await serve(() => {})
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const asked = caller(server.origin.replace('http:', 'https:')).ask()
    let outcome: string | null = null
    void asked.then((kind) => {
      outcome = kind
    })
    await server.connected(1)
    const [first] = server.connections
    // The client is connected, and has begun the handshake.
    if (first) await once(first.socket, 'data')
    vi.advanceTimersByTime(1_999)
    await new Promise(setImmediate)
    expect(outcome).toBeNull()
    vi.advanceTimersByTime(1)
    expect(await asked).toBe('unreachable')
    await first?.closed
  })

  test('not because the event loop was held up for longer than a connection may take to open', async () => {
    const { ask } = await serve(say(answerOf('x')))
    const later = setTimeout
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    // A turn of the event loop begins with its timers, before any socket.
    const asked = new Promise<string>((resolve) => {
      later(() => {
        resolve(ask())
        vi.advanceTimersByTime(2_000)
      }, 1)
    })
    expect(await asked).toBe('x')
  })

  test('not because its response takes longer than a connection may take to open', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { ask, waiting, reached } = await hold()
    const asked = ask()
    await reached(1)
    vi.advanceTimersByTime(10_000)
    waiting[0]?.socket.write(answerOf('slow'))
    expect(await asked).toBe('slow')
  })

  test('as unreachable where nobody listens', async () => {
    // A port that was free a moment ago may be another test's.
    expect(await caller('http://127.0.0.1:1').ask()).toBe('unreachable')
  })

  test.each([
    ['says that it is', 'HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n'],
    ['is', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_001)}`],
  ])('as too large where the body %s, and the connection is closed', async (_, text) => {
    const { ask, server } = await serve(say(text))
    expect(await ask()).toBe('too-large')
    await server.connections[0]?.closed
  })

  test('when its time is over, and the connection is closed', async () => {
    const { ask, server } = await serve(say('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{'))
    expect(await ask({ timeMs: 50 })).toBe('timeout')
    await server.connections[0]?.closed
  })

  test('when it is cancelled: before, while it waits, and while it is answered', async () => {
    const { ask, server, reached } = await hold(1)
    expect(await ask({ signal: AbortSignal.abort() })).toBe('cancelled')
    const [first, second] = [new AbortController(), new AbortController()]
    const answers = [
      ask({ body: 'first', signal: first.signal }),
      ask({ body: 'second', signal: second.signal }),
    ]
    await reached(1)
    second.abort()
    first.abort()
    expect(await Promise.all(answers)).toEqual(['cancelled', 'cancelled'])
    await server.connections[0]?.closed
    expect(server.connections).toHaveLength(1)
  })

  test('when the pools are closed, whether sent or waiting, of each origin; and so does a later one', async () => {
    const { ask, askAt, pools, reached } = await hold(1)
    const other = await hold()
    const answers = [ask(), ask(), askAt(other.server.origin)]
    await Promise.all([reached(1), other.reached(1)])
    pools.close()
    expect(await Promise.all([...answers, ask()])).toEqual(['broken', 'broken', 'broken', 'broken'])
  })
})
