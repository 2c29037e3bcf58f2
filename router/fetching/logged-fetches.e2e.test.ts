import { afterEach, expect, test, vi } from 'vitest'
import type { RequestContext } from '../request-context.ts'
import { ANONYMOUS } from '../security/identity.ts'
import { parseSettings } from '../settings.ts'
import { traceOf } from '../telemetry/trace.ts'
import { json, startTestServer } from '../testing/http-server.ts'
import { testLog } from '../testing/router.ts'
import { subgraphServer } from '../testing/subgraph-server.ts'
import { subgraphFetch } from './fetch-subgraph.ts'
import { headerRulesFor } from './header-rules.ts'
import { subgraphHealth } from './subgraph-health.ts'

const BODY = '{"query":"{sock}"}'

const shelf = subgraphServer()

const context: RequestContext = {
  identity: ANONYMOUS,
  trace: traceOf({ 'x-request-id': 'request-1' }),
  headers: {},
  clientAddress: '192.0.2.1',
  lifetime: { signal: new AbortController().signal, mutates: false },
  returned: new Map(),
}
const IDS = { requestId: 'request-1', traceparent: context.trace.traceparent, subgraph: 'shelf' }

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** The lines that this number of fetches logs, without the time and the process. */
async function linesOf(fetches = 1, origin = shelf.server.origin): Promise<Record<string, unknown>[]> {
  const settings = parseSettings({ fetching: { retries: { percent: 10, reserve: 10 } } }, 'the test')
  const { log, logged } = testLog()
  const url = new URL('/graphql', origin)
  const route = {
    ...{ name: 'shelf', url, timeMs: 20_000, maxRequestBytes: 1_000_000, maxBytes: 1_000_000 },
    maxContent: { values: settings.fetching.values, scalar: settings.fetching.scalar },
    rules: headerRulesFor('shelf', settings),
    ...{ shares: false, mint: null, readers: null },
  }
  const health = subgraphHealth(settings.fetching, log)('shelf', url)
  const fetch = subgraphFetch(route, shelf.pools.pool(url.origin), health, log)
  for (let count = 0; count < fetches; count++) await fetch(BODY, false, context)
  return logged.map((line) => {
    const { time: _, pid: __, hostname: ___, ...rest } = JSON.parse(line)
    return rest
  })
}

// An operator finds the lines of a request by its id, in the log of the router and in the traces of the
// subgraphs.
test('a failed fetch: whose it was, where it went, why it failed, how long it took', async () => {
  shelf.server.handle((_, response) => json(response, 503, {}))
  const started = performance.now()
  const lines = await linesOf()
  const passed = performance.now() - started
  expect(lines).toEqual([
    {
      level: 40,
      msg: 'a fetch failed',
      ...IDS,
      kind: 'status',
      detail: 'status 503',
      ms: expect.any(Number),
    },
  ])
  expect(lines[0]?.ms).toBeLessThanOrEqual(Math.ceil(passed))
  expect(lines[0]?.ms).toSatisfy(Number.isInteger)
})

test('a fetch where nobody listens: once, since it is not retried', async () => {
  const away = await startTestServer(() => {})
  await away.pause()
  const lines = await linesOf(1, away.origin)
  await away.stop()
  expect(lines).toMatchObject([
    {
      level: 40,
      msg: 'a fetch failed',
      kind: 'unreachable',
      detail: expect.stringContaining('ECONNREFUSED'),
    },
  ])
})

test.each([1, 30])('%i errors of a subgraph: the first of them, as it sent them', async (length) => {
  const errors = Array.from({ length }, (_, index) => ({ message: `no ${index}` }))
  shelf.server.handle((_, response) => json(response, 200, { data: null, errors }))
  const [line, ...more] = await linesOf()
  expect(more).toEqual([])
  expect(line).toEqual({ level: 20, msg: 'a subgraph returned errors', ...IDS, errors: expect.any(Array) })
  expect(line?.errors).toEqual(errors.slice(0, 10))
})

test('a fetch that is retried: where it went, and why', async () => {
  let calls = 0
  shelf.server.handle((request, response) => {
    if (calls++ === 1) request.socket.resetAndDestroy()
    else json(response, 200, { data: { sock: 1 } })
  })
  const lines = await linesOf(2)
  expect(lines).toEqual([
    { level: 20, msg: 'a fetch is retried', subgraph: 'shelf', detail: expect.stringMatching(/\w/) },
  ])
})

test('a fetch whose second attempt comes too late: in how many milliseconds, those of the first not counted', async () => {
  // A clock of its own: no time passes but the one that the test says.
  let passed = 0
  vi.spyOn(performance, 'now').mockImplementation(() => passed)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  shelf.server.handle(({ socket }) => {
    // The retry is the second call: then all of the remaining second passes.
    if (passed > 0) return void vi.advanceTimersByTime(1_000)
    passed = 19_000
    socket.resetAndDestroy()
  })
  const [retry, failure, ...more] = await linesOf()
  expect([retry?.msg, failure?.msg, failure?.kind, more]).toEqual([
    ...['a fetch is retried', 'a fetch failed', 'timeout', []],
  ])
  expect(failure?.detail).toBe('no answer in 1000 ms')
})
