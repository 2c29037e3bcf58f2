import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { LARGE_TEXT } from '../json/parse-in-turns.ts'
import type { RequestContext } from '../request-context.ts'
import { ANONYMOUS, userIdentity } from '../security/identity.ts'
import { parseSettings, type RouterSettingsInput } from '../settings.ts'
import { traceOf } from '../telemetry/trace.ts'
import { json, startTestServer, type TestServer, textOf } from '../testing/http-server.ts'
import { testLog } from '../testing/router.ts'
import { subgraphServer } from '../testing/subgraph-server.ts'
import { subgraphFetch } from './fetch-subgraph.ts'
import { headerRulesFor } from './header-rules.ts'
import { subgraphHealth } from './subgraph-health.ts'

const DATA = { data: { sock: 'left' } }

const shelf = subgraphServer()

/** A fetch with a breaker that opens after one failure. */
function newFetch(settings: RouterSettingsInput = {}, origin = shelf.server.origin, maxBytes = 1_000) {
  const patient = { fetching: { time: '20s', ...settings.fetching }, limits: { time: '30s' } }
  const { fetching, headers } = parseSettings({ ...settings, ...patient }, 'the test')
  const url = new URL('/graphql', origin)
  const { log } = testLog()
  const health = subgraphHealth({ ...fetching, breaker: { ...fetching.breaker, failures: 1 } }, log)(
    'shelf',
    url,
  )
  const route = {
    ...{ name: 'shelf', url, timeMs: fetching.time, maxRequestBytes: 1_000_000, maxBytes },
    maxContent: { values: fetching.values, scalar: fetching.scalar },
    rules: headerRulesFor('shelf', { headers, fetching }),
    ...{ shares: fetching.sharing, mint: null },
    readers: async () => new Map([['signIn', userIdentity('usr_1', null, '')]]),
  }
  return { fetch: subgraphFetch(route, shelf.pools.pool(url.origin), health, log), health }
}

function newContext(signal = new AbortController().signal): RequestContext {
  return {
    ...{ identity: ANONYMOUS, trace: traceOf({}), headers: {}, clientAddress: '192.0.2.1' },
    ...{ lifetime: { signal, mutates: false }, returned: new Map() },
  }
}

describe('the breaker', () => {
  const once = (time: string, origin?: string) =>
    newFetch({ fetching: { time, retries: { percent: 0, reserve: 0 } } }, origin)

  test.each<[kind: string, state: string, answer: Parameters<TestServer['handle']>[0]]>([
    ['timeout', 'open', () => {}],
    ['broken', 'open', ({ socket }) => socket.destroy()],
    ['status', 'open', (_, response) => response.writeHead(500).end()],
    ['status', 'open', (_, response) => response.writeHead(599).end()],
    ['status', 'closed', (_, response) => response.writeHead(499).end()],
    ['status', 'closed', (_, response) => response.writeHead(302).end()],
    ['request-too-large', 'closed', (_, response) => response.writeHead(413).end()],
    ['too-large', 'closed', (_, response) => response.end('x'.repeat(1_001))],
    ['invalid', 'closed', (_, response) => response.end('<html>')],
    ['invalid', 'closed', (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x')],
  ])('after a fetch that failed as %s is %s', async (kind, state, answer) => {
    shelf.server.handle(answer)
    // A machine with other work may take longer than a short time for any other outcome.
    const { fetch, health } = once(kind === 'timeout' ? '100ms' : '20s')
    expect(await fetch('{}', false, newContext())).toEqual({ failed: kind })
    expect(health.breaker.state()).toBe(state)
  })

  test('opens where nobody listens', async () => {
    const away = await startTestServer(() => {})
    await away.pause()
    const { fetch, health } = once('20s', away.origin)
    expect(await fetch('{}', false, newContext())).toEqual({ failed: 'unreachable' })
    expect(health.breaker.state()).toBe('open')
    await away.stop()
  })
})

test('each query earns a share of a retry; a mutation earns none', async () => {
  const { fetch } = newFetch({
    fetching: { retries: { percent: 50, reserve: 1 }, breaker: { percent: 100 } },
  })
  const resets = async () => {
    const before = shelf.server.count()
    shelf.server.handle(({ socket }) => socket.resetAndDestroy())
    await fetch('{}', false, newContext())
    return shelf.server.count() - before
  }
  const answers = async (mutates: boolean) => {
    shelf.server.handle((_, response) => json(response, 200, DATA))
    await fetch('{}', mutates, newContext())
  }
  await answers(false)
  // The reserve; the query itself has earned half of the next retry.
  expect(await resets()).toBe(2)
  await answers(true)
  await answers(true)
  expect(await resets()).toBe(1)
  // These two queries have earned a retry together.
  expect(await resets()).toBe(2)
})

test('a query that began during a mutation is not joined after it', async () => {
  const { fetch } = newFetch()
  /** Sends a request that the subgraph does not answer yet. */
  const ask = async (mutates: boolean) => {
    const arrived = Promise.withResolvers<ServerResponse>()
    shelf.server.handle((_, response) => arrived.resolve(response))
    const outcome = fetch('{}', mutates, newContext())
    const response = await arrived.promise
    return { outcome, answer: () => json(response, 200, DATA) }
  }
  const mutation = await ask(true)
  const during = await ask(false)
  mutation.answer()
  await mutation.outcome
  shelf.server.handle((_, response) => json(response, 200, { data: { sock: 'right' } }))
  const after = fetch('{}', false, newContext())
  during.answer()
  expect([await during.outcome, await after]).toMatchObject([DATA, { data: { sock: 'right' } }])
})

test('queries that differ in their body alone are calls of their own', async () => {
  const { fetch } = newFetch()
  shelf.server.handle(async (request, response) =>
    json(response, 200, { data: { body: await textOf(request) } }),
  )
  const outcomes = await Promise.all(
    ['{"query":"{a}"}', '{"query":"{b}"}'].map((body) => fetch(body, false, newContext())),
  )
  expect(outcomes).toMatchObject([
    { data: { body: '{"query":"{a}"}' } },
    { data: { body: '{"query":"{b}"}' } },
  ])
})

test.each<[how: string, answer: Parameters<TestServer['handle']>[0]]>([
  ['answers', (_, response) => json(response, 200, DATA)],
  ['breaks the connection', ({ socket }) => socket.destroy()],
])('a request hears, once, that a subgraph %s', async (_, answer) => {
  shelf.server.handle(answer)
  let times = 0
  const heard = () => {
    times++
  }
  await newFetch().fetch('{}', false, { ...newContext(), heard })
  expect(times).toBe(1)
})

// A large answer is parsed in turns.
test.each([10, LARGE_TEXT + 1])(
  'an answer of %d characters that was taken and is no JSON fails when it is read',
  async (length) => {
    shelf.server.handle((_, response) => response.end('<'.repeat(length)))
    const taking = { expected: null, take: () => true }
    const outcome = await newFetch({}, shelf.server.origin, 2 * LARGE_TEXT).fetch(
      '{}',
      false,
      newContext(),
      taking,
    )
    expect(outcome.failed === null && (await outcome.taken?.read())).toEqual({ failed: 'invalid' })
  },
)

describe('headers of a subgraph', () => {
  const RETURNING = { headers: { response: [{ name: 'x-shop' }] } }

  test.each([
    ['an answer', 200, JSON.stringify(DATA), ['socks']],
    ['an answer with errors', 200, '{"data":null,"errors":[{"message":"no"}]}', ['socks']],
    ['a page of a proxy', 200, '<html>', undefined],
    ['a redirect', 302, '', undefined],
    ['an internal error', 500, '{}', undefined],
  ])('are returned with %s (%d): %j', async (_, status, body, returned) => {
    shelf.server.handle((_request, response) => response.writeHead(status, { 'x-shop': 'socks' }).end(body))
    const context = newContext()
    await newFetch(RETURNING).fetch('{}', false, context)
    expect(context.returned.get('x-shop')).toEqual(returned)
  })

  test.each([
    ['a mutation', true, 200, true],
    // Its answer may be shared with others.
    ['a query', false, 200, false],
    ['a mutation that failed', true, 500, false],
  ])('of %s: readers are named (%s, %d): %s', async (_, mutates, status, isNamed) => {
    shelf.server.handle((_request, response) => json(response, status, DATA))
    expect('readers' in (await newFetch().fetch('{}', mutates, newContext()))).toBe(isNamed)
  })
})
