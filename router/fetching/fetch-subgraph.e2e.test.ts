import type { ServerResponse } from 'node:http'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { RequestContext } from '../request-context.ts'
import { ANONYMOUS, userIdentity } from '../security/identity.ts'
import { internalTokens } from '../security/internal-token.ts'
import { parseSettings, type RouterSettingsInput } from '../settings.ts'
import { traceOf } from '../telemetry/trace.ts'
import { json, textOf } from '../testing/http-server.ts'
import { testLog } from '../testing/router.ts'
import { subgraphServer } from '../testing/subgraph-server.ts'
import type { FetchOutcome, ResponseConsumer } from './fetch-outcome.ts'
import { type FetchSubgraph, subgraphFetch } from './fetch-subgraph.ts'
import { headerRulesFor } from './header-rules.ts'
import { subgraphHealth } from './subgraph-health.ts'

const BODY = '{"query":"{sock}"}'
const DATA = { data: { sock: 'left' } }

const shelf = subgraphServer()

/** A fetch of the server as the router creates it, with a separate clock for the breaker. */
function newFetch(input: RouterSettingsInput['fetching'] = {}, headers: RouterSettingsInput['headers'] = {}) {
  const fetching = { time: '20s', ...input }
  const settings = parseSettings({ fetching, headers, limits: { time: '30s' } }, 'the test')
  const { log, logged } = testLog()
  const url = new URL('/graphql', shelf.server.origin)
  let time = 0
  const health = subgraphHealth(settings.fetching, log, () => time)('shelf', url)
  const route = {
    name: 'shelf',
    url,
    timeMs: settings.fetching.time,
    maxRequestBytes: 4 * 1_024 ** 2,
    maxBytes: settings.fetching.response,
    maxContent: { values: settings.fetching.values, scalar: settings.fetching.scalar },
    rules: headerRulesFor('shelf', settings),
    shares: settings.fetching.sharing,
    mint: internalTokens(new Uint8Array(32)),
    readers: null,
  }
  return {
    fetch: subgraphFetch(route, shelf.pools.pool(url.origin), health, log),
    breaker: health.breaker,
    logged: () => logged.map((line) => JSON.parse(line) as Record<string, unknown>),
    wait(ms: number) {
      time += ms
    },
  }
}

function context(
  changes: Partial<RequestContext> = {},
  signal = new AbortController().signal,
): RequestContext {
  return {
    identity: ANONYMOUS,
    trace: traceOf({}),
    headers: {},
    clientAddress: '192.0.2.1',
    lifetime: { signal, mutates: false },
    returned: new Map(),
    ...changes,
  }
}

/** A server that answers only by `response`. */
function hold() {
  const waiting: ServerResponse[] = []
  let arrived = () => {}
  shelf.server.handle(async (request, response) => {
    await textOf(request)
    waiting.push(response)
    arrived()
  })
  return {
    async reached(count: number) {
      while (waiting.length < count) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
    },
    /** The response of a call. */
    response: (index: number) => waiting[index],
  }
}

/** The number of calls that arrive if these contexts send the same request at once. */
async function howMany(fetch: FetchSubgraph, contexts: readonly RequestContext[]): Promise<number> {
  const before = shelf.server.count()
  shelf.server.handle((_, response) => json(response, 200, DATA))
  // All requests are sent before the first answer can arrive: a call begins synchronously.
  const answers = await Promise.all(contexts.map((one) => fetch(BODY, false, one)))
  for (const answer of answers) expect(answer).toEqual({ failed: null, data: DATA.data, errors: [] })
  return shelf.server.count() - before
}

const ANN = userIdentity('usr_1', 'ses_1', 'self')

describe('identical queries in flight', () => {
  test('are one call, and each gets an answer of its own', async () => {
    const { fetch } = newFetch()
    shelf.server.handle((_, response) => json(response, 200, { data: { list: [{ id: 1 }] } }))
    const before = shelf.server.count()
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(BODY, false, context())))
    expect(shelf.server.count() - before).toBe(1)
    const data = answers.map((answer) => (answer.failed === null ? answer.data : null))
    expect(new Set(data.map((one) => one?.list)).size).toBe(5)
    expect(new Set(data.map((one) => JSON.stringify(one))).size).toBe(1)
  })

  const apart: Record<string, [RequestContext, RequestContext]> = {
    identity: [context({ identity: ANN }), context()],
    session: [context({ identity: ANN }), context({ identity: userIdentity('usr_1', 'ses_2', 'self') })],
    'a header that a rule passes': [
      context({ headers: { 'accept-language': 'nb' } }),
      context({ headers: { 'accept-language': 'en' } }),
    ],
    address: [context(), context({ clientAddress: '192.0.2.2' })],
  }
  for (const [difference, pair] of Object.entries(apart)) {
    test(`are several where callers differ in ${difference}`, async () => {
      const { fetch } = newFetch({}, { request: [{ name: 'accept-language' }] })
      expect(await howMany(fetch, pair)).toBe(2)
    })
  }

  test('are one where callers differ in what the subgraph is not sent', async () => {
    const pair = [context({ headers: { 'accept-language': 'nb' } }), context({ clientAddress: '192.0.2.2' })]
    expect(await howMany(newFetch({}, { client_address: false }).fetch, pair)).toBe(1)
  })

  test('are several where sharing is off, or cookies come back', async () => {
    expect(await howMany(newFetch({ sharing: false }).fetch, [context(), context()])).toBe(2)
    const { fetch } = newFetch({}, { response: [{ name: 'set-cookie' }] })
    expect(await howMany(fetch, [context(), context()])).toBe(2)
  })

  test('are never mutations', async () => {
    const { fetch } = newFetch()
    shelf.server.handle((_, response) => json(response, 200, DATA))
    const before = shelf.server.count()
    await Promise.all([fetch(BODY, true, context()), fetch(BODY, true, context())])
    expect(shelf.server.count() - before).toBe(2)
  })

  test.each([true, false])(
    'are not joined by who has seen a mutation end (answered: %s)',
    async (isAnswered) => {
      const { fetch } = newFetch()
      const calls = hold()
      const before = fetch(BODY, false, context())
      await calls.reached(1)
      shelf.server.handle((_, response) => (isAnswered ? json(response, 200, DATA) : response.destroy()))
      await fetch('{"query":"mutation{buy}"}', true, context())
      shelf.server.handle((_, response) => json(response, 200, { data: { sock: 'right' } }))
      expect(await fetch(BODY, false, context())).toMatchObject({ data: { sock: 'right' } })
      json(calls.response(0) ?? expect.fail('a call was held'), 200, DATA)
      expect(await before).toMatchObject(DATA)
    },
  )

  test('go on for the others when one client leaves, and end with the last', async () => {
    const { fetch, breaker } = newFetch({ breaker: { failures: 1 } })
    const calls = hold()
    const clients = [new AbortController(), new AbortController()]
    const answers = clients.map(({ signal }) => fetch(BODY, false, context({}, signal)))
    await calls.reached(1)
    clients[0]?.abort()
    expect(await answers[0]).toEqual({ failed: 'cancelled' })
    const response = calls.response(0)
    expect(response?.destroyed).toBe(false)
    const closed = new Promise((resolve) => response?.once('close', resolve))
    clients[1]?.abort()
    expect(await answers[1]).toEqual({ failed: 'cancelled' })
    await closed
    expect([response?.writableFinished, breaker.state()]).toEqual([false, 'closed'])
  })
})

describe('an answer that is expected', () => {
  const expected = Buffer.from(JSON.stringify(DATA))
  const NEVER: ResponseConsumer = { expected, take: () => false }
  const contentOf = (outcome: FetchOutcome) => (outcome.failed === null ? outcome.taken?.content : undefined)

  test('is taken as the bytes that were expected, and can be read all the same', async () => {
    const { fetch } = newFetch()
    shelf.server.handle((_, response) => json(response, 200, DATA))
    const outcome = await fetch(BODY, false, context(), NEVER)
    expect(contentOf(outcome)).toBe(expected)
    expect(outcome.failed === null && outcome.taken?.read()).toEqual({
      ...{ failed: null, data: DATA.data, errors: [] },
    })
  })

  test('is taken from a call of others, whatever they expected', async () => {
    const { fetch } = newFetch()
    shelf.server.handle((_, response) => json(response, 200, DATA))
    const own = Buffer.from(expected)
    const takers = [NEVER, { ...NEVER, expected: own }, { expected: null, take: () => true }, undefined]
    const before = shelf.server.count()
    const outcomes = await Promise.all(takers.map((taker) => fetch(BODY, false, context(), taker)))
    expect(shelf.server.count() - before).toBe(1)
    expect(outcomes.map(contentOf)).toEqual([expected, own, expected, undefined])
    expect(contentOf(outcomes[1] ?? { failed: 'broken' })).toBe(own)
    expect(outcomes[3]).toMatchObject(DATA)
  })

  test('is none with another status', async () => {
    const { fetch } = newFetch()
    shelf.server.handle((_, response) => json(response, 503, DATA))
    expect(await fetch(BODY, false, context(), NEVER)).toEqual({ failed: 'status' })
  })

  test('is known where it comes compressed', async () => {
    const { fetch } = newFetch({ encodings: ['gzip'] })
    shelf.server.handle((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(expected))
    })
    expect(contentOf(await fetch(BODY, false, context(), NEVER))).toBe(expected)
  })

  test('that differs is read', async () => {
    const { fetch } = newFetch()
    shelf.server.handle((_, response) => json(response, 200, { data: { sock: 'gone' } }))
    expect(await fetch(BODY, false, context(), NEVER)).toEqual({
      ...{ failed: null, data: { sock: 'gone' }, errors: [] },
    })
  })

  test('that was taken and is none after all fails when it is read, and that is logged', async () => {
    const { fetch, logged } = newFetch()
    shelf.server.handle((_, response) => response.end('<html>'))
    const outcome = await fetch(BODY, false, context(), { expected: null, take: () => true })
    expect(logged()).toEqual([])
    expect(outcome.failed === null && outcome.taken?.read()).toEqual({ failed: 'invalid' })
    expect(logged()).toMatchObject([{ msg: 'a fetch failed', kind: 'invalid' }])
  })
})

describe('a connection that is reset', () => {
  /** Resets this number of connections, then answers. */
  function resetFirst(times: number): void {
    let left = times
    shelf.server.handle((request, response) => {
      if (left-- > 0) request.socket.resetAndDestroy()
      else json(response, 200, DATA)
    })
  }

  test('costs a query one more attempt, in the time that is left', async () => {
    const times: number[] = []
    shelf.server.handle((request, response) => {
      times.push(Number(request.headers['x-request-timeout-ms']))
      for (const end = performance.now() + 2; performance.now() < end; ); // The header has whole milliseconds.
      times.length > 1 ? json(response, 200, DATA) : request.socket.resetAndDestroy()
    })
    expect(await newFetch().fetch(BODY, false, context())).toMatchObject(DATA)
    expect(times[1]).toBeLessThan(times[0] ?? 0)
  })

  test('costs a query no more than that', async () => {
    resetFirst(2)
    expect(await newFetch().fetch(BODY, false, context())).toEqual({ failed: 'broken' })
  })

  test('is not tried again once the budget is spent', async () => {
    const { fetch } = newFetch({ sharing: false, retries: { percent: 0, reserve: 1 } })
    const before = shelf.server.count()
    resetFirst(3)
    expect(await fetch(BODY, false, context())).toEqual({ failed: 'broken' })
    expect(await fetch(BODY, false, context())).toEqual({ failed: 'broken' })
    expect(shelf.server.count() - before).toBe(3)
  })

  test('fails a mutation at once: it may have been done', async () => {
    const before = shelf.server.count()
    resetFirst(1)
    expect(await newFetch().fetch(BODY, true, context())).toEqual({ failed: 'broken' })
    expect(shelf.server.count() - before).toBe(1)
  })
})

describe('a subgraph that fails again and again', () => {
  test('is left alone for a pause, then tried once, then trusted', async () => {
    const { fetch, breaker, wait, logged } = newFetch({ breaker: { failures: 3, pause: '5s' } })
    shelf.server.handle((_, response) => response.writeHead(503).end())
    for (let call = 0; call < 3; call++)
      expect(await fetch(BODY, false, context())).toEqual({ failed: 'status' })
    const before = shelf.server.count()
    expect(await fetch(BODY, false, context())).toEqual({ failed: 'open' })
    expect([shelf.server.count() - before, breaker.state()]).toEqual([0, 'open'])
    wait(5_000)
    shelf.server.handle((_, response) => json(response, 200, DATA))
    expect(await fetch(BODY, false, context())).toMatchObject(DATA)
    expect(breaker.state()).toBe('closed')
    expect(logged().flatMap(({ state }) => state ?? [])).toEqual(['open', 'closed'])
  })

  test('is not taken for ill by what it answers to a request that is wrong', async () => {
    const { fetch, breaker } = newFetch({ breaker: { failures: 1 }, response: '1KB' })
    for (const [status, body] of [
      [200, JSON.stringify({ data: { sock: 'x'.repeat(1_024) } })],
      [400, '{"errors":[{"message":"no"}]}'],
      [200, 'not JSON'],
      [404, '{}'],
    ] as const) {
      shelf.server.handle((_, response) => response.writeHead(status).end(body))
      await fetch(BODY, false, context())
    }
    expect(breaker.state()).toBe('closed')
  })
})

describe('an answer that is compressed', () => {
  const large = JSON.stringify({ data: { sock: 'x'.repeat(5_000_000) } })
  const cases: Record<string, [encoding: string, body: Buffer, outcome: object]> = {
    'by gzip is unpacked': ['gzip', gzipSync(JSON.stringify(DATA)), DATA],
    'by brotli is unpacked': ['br', brotliCompressSync(JSON.stringify(DATA)), DATA],
    'and becomes too large by gzip is given up': ['gzip', gzipSync(large), { failed: 'too-large' }],
    'and becomes too large by brotli is given up': ['br', brotliCompressSync(large), { failed: 'too-large' }],
    'and is broken is no answer': ['gzip', Buffer.from('not gzip at all'), { failed: 'invalid' }],
    'by what was not asked for is unpacked': ['deflate', deflateSync(JSON.stringify(DATA)), DATA],
    'by another name of gzip is unpacked': ['X-GZip', gzipSync(JSON.stringify(DATA)), DATA],
    'twice is unpacked in the reverse order': [
      'br, gzip',
      gzipSync(brotliCompressSync(JSON.stringify(DATA))),
      DATA,
    ],
    'beside identity is unpacked': ['identity , gzip,', gzipSync(JSON.stringify(DATA)), DATA],
    'not at all, by an empty header, is read': ['', Buffer.from(JSON.stringify(DATA)), DATA],
    'not at all, as it says, is read': ['Identity', Buffer.from(JSON.stringify(DATA)), DATA],
    'three times is no answer': [
      'gzip, gzip, gzip',
      gzipSync(gzipSync(gzipSync('{}'))),
      { failed: 'invalid' },
    ],
    'by something else than it says is no answer': ['deflate', gzipSync('{}'), { failed: 'invalid' }],
    'by what is not known is no answer': ['zip', gzipSync('{}'), { failed: 'invalid' }],
    'by a name of Object.prototype is no answer': ['constructor', gzipSync('{}'), { failed: 'invalid' }],
    'and becomes too large in the first of two steps is given up': [
      'br, gzip',
      gzipSync(large),
      { failed: 'too-large' },
    ],
  }
  const asked: readonly ('br' | 'gzip')[][] = [['gzip', 'br'], []]
  for (const [says, [encoding, body, outcome]] of Object.entries(cases)) {
    test.each(asked)(`${says}, where %s was asked for`, async (...encodings) => {
      expect(body.length).toBeLessThan(16_384)
      const { fetch } = newFetch({ encodings: encodings.filter(Boolean), response: '16KB' })
      shelf.server.handle((_, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(body),
      )
      expect(await fetch(BODY, false, context())).toMatchObject(outcome)
    })
  }

  test('by what is not known says so in the log', async () => {
    const { fetch, logged } = newFetch()
    shelf.server.handle((_, response) => response.writeHead(200, { 'content-encoding': 'zip' }).end('{}'))
    await fetch(BODY, false, context())
    const detail = 'content-encoding "zip" is not known: gzip, x-gzip, deflate, br are'
    expect(logged()).toContainEqual(expect.objectContaining({ detail }))
  })

  test('is asked for only where the settings say so', async () => {
    const asked: unknown[] = []
    shelf.server.handle((request, response) => {
      asked.push(request.headers['accept-encoding'])
      json(response, 200, DATA)
    })
    await newFetch({ encodings: ['br'] }).fetch(BODY, false, context())
    await newFetch().fetch(BODY, false, context())
    expect(asked).toEqual(['br', 'identity'])
  })
})

describe('a failure', () => {
  test('is logged for each caller, with the reason, which clients do not get', async () => {
    const { fetch, logged } = newFetch()
    shelf.server.handle((_, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    )
    expect(await fetch(BODY, false, context())).toEqual({ failed: 'status' })
    expect(logged()).toContainEqual(
      expect.objectContaining({
        subgraph: 'shelf',
        kind: 'status',
        detail: 'status 302',
        msg: 'a fetch failed',
      }),
    )
  })
})
