import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RouterSettingsInput } from './settings.ts'
import { json, startTestServer, type TestServer, textOf } from './testing/http-server.ts'
import { composed, startTestRouter, type TestRouter } from './testing/router.ts'

// Settings that no test of a part shows in a whole router: each has another effect than its default.

/** The server of the only subgraph; each test sets its answer. */
let server: TestServer
let sdl: string
let router: TestRouter | null = null
/** The bodies that the server has received. */
let received: string[] = []

beforeAll(async () => {
  server = await startTestServer(() => {})
  const schema =
    'type Query { sock: Any pair(of: [Any], id: Int): Any } type Mutation { buy: Any } scalar Any'
  sdl = composed([{ name: 'shelf', url: `${server.origin}/graphql`, file: 'shelf', sdl: schema }])
})
beforeEach(() => {
  received = []
  answerWith((response) => json(response, 200, { data: { sock: 1 } }))
})
afterEach(() => router?.close())
afterAll(() => server?.stop())

function answerWith(answer: (response: ServerResponse) => void): void {
  server.handle(async (request, response) => {
    received.push(await textOf(request))
    answer(response)
  })
}

async function start(settings: RouterSettingsInput): Promise<TestRouter> {
  router = await startTestRouter({ sdl }, { settings })
  return router
}

const UNAVAILABLE = { status: 200, errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] }
const kinds = ({ logged }: TestRouter) => logged.flatMap((line) => JSON.parse(line).kind ?? [])

describe('limits', () => {
  const OF = 'query ($of: [Any]) { pair(of: $of) }'

  test('values: variables have as many', async () => {
    const { ask } = await start({ limits: { values: 4 } })
    expect(await ask(OF, { variables: { of: [1, 2, 3] } })).toMatchObject({ status: 200, errors: [] })
    expect(await ask(OF, { variables: { of: [1, 2, 3, 4] } })).toMatchObject({
      errors: [{ message: 'The variables have more than the maximum of 4 values.' }],
    })
  })

  test.each([
    ['application/json', 200],
    ['application/graphql-response+json', 400],
  ])('values, cost.maximum: to who accepts %s a refusal has the status %d', async (accept, status) => {
    const { ask } = await start({ limits: { values: 2, cost: { maximum: 1 } } })
    const refused = [
      await ask(OF, { variables: { of: [1, 2] }, headers: { accept } }),
      await ask('mutation { buy }', { headers: { accept } }),
    ]
    expect(refused.map((answer) => [answer.status, answer.errors.length])).toEqual([
      [status, 1],
      [status, 1],
    ])
    expect(received).toEqual([])
  })

  test('nesting: the JSON of a body and of a URL is as deep', async () => {
    const { ask, url } = await start({ limits: { nesting: 8 } })
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
    // The body and its variables are two levels of it.
    expect(await ask(OF, { variables: { of: nested(6) } })).toMatchObject({ status: 200 })
    expect(await ask(OF, { variables: { of: nested(7) } })).toMatchObject({
      errors: [{ message: 'The body is nested deeper than the maximum of 8 lists and objects.' }],
    })
    const query = new URLSearchParams({ query: OF, variables: JSON.stringify({ of: nested(8) }) })
    const answer = await fetch(`${url}?${query}`, { headers: { 'apollo-require-preflight': '1' } })
    expect(await answer.text()).toContain('`variables` is nested deeper than the maximum of 8')
  })
})

test.each([
  ['https://shop.test', 200],
  ['https://evil.test', 400],
])(
  'http.cors.origins: a GET of a page of %s, which needs no preflight, is answered with %d',
  async (origin, status) => {
    const { url } = await start({ http: { cors: { origins: ['https://shop.test'] } } })
    const answer = await fetch(`${url}?query={__typename}`, { headers: { origin, connection: 'close' } })
    expect(answer.status).toBe(status)
  },
)

describe('cache', () => {
  const query = (place: number) => `{ a${place}: sock }`

  test.each<[what: string, settings: RouterSettingsInput['cache'], kept: readonly number[]]>([
    ['persisted: the latest texts are kept, as many', { persisted: 2 }, [2, 3]],
    ['text: they have as many characters', { text: '26B' }, [2, 3]],
    ['defaults: all of a few are kept', {}, [1, 2, 3]],
  ])('%s', async (_, cache, kept) => {
    const { createHash } = await import('node:crypto')
    const { url } = await start({ cache })
    const send = async (place: number, withText: boolean) => {
      const sha256Hash = createHash('sha256').update(query(place)).digest('hex')
      const extensions = { persistedQuery: { version: 1, sha256Hash } }
      const headers = { 'content-type': 'application/json', connection: 'close' }
      const body = JSON.stringify({ ...(withText && { query: query(place) }), extensions })
      return (await fetch(url, { method: 'POST', headers, body })).text()
    }
    for (const place of [1, 2, 3]) await send(place, true)
    const found: number[] = []
    for (const place of [1, 2, 3])
      if (!(await send(place, false)).includes('PersistedQueryNotFound')) found.push(place)
    expect(found).toEqual(kept)
  })
})

describe('fetching', () => {
  test.each<[what: string, settings: RouterSettingsInput['fetching'], answer: string, kind: string]>([
    [
      'response: the bytes of a body',
      { response: '1KB' },
      `{"data":{"sock":"${'x'.repeat(1_024)}"}}`,
      'too-large',
    ],
    [
      'values: the values in a large body',
      { values: 262_144 },
      `{"data":{"sock":[${'1,'.repeat(262_144)}1]}}`,
      'invalid',
    ],
    [
      'scalar: the characters of a text in a large body',
      { scalar: '256KB' },
      `{"data":{"sock":"${'x'.repeat(262_144)}"}}`,
      'invalid',
    ],
  ])('%s', async (_, fetching, answer, kind) => {
    answerWith((response) => response.end(answer))
    const narrow = await start({ fetching })
    expect(await narrow.ask('{ sock }')).toMatchObject(UNAVAILABLE)
    expect(kinds(narrow)).toEqual([kind])
    await narrow.close()
    const { ask } = await start({})
    expect(await ask('{ sock }')).toMatchObject({ status: 200, errors: [] })
  })

  test('time: as long as a fetch may take, of which the subgraph is told', async () => {
    const times: unknown[] = []
    server.handle((request) => void times.push(request.headers['x-request-timeout-ms']))
    // The request arrives within this time.
    const hasty = await start({ fetching: { time: '2s' } })
    expect(await hasty.ask('{ sock }')).toMatchObject(UNAVAILABLE)
    expect([kinds(hasty), times]).toEqual([['timeout'], ['2000']])
  })

  test('breaker: calls fail as often before it opens', async () => {
    answerWith((response) => response.writeHead(500).end())
    const wary = await start({ fetching: { breaker: { failures: 2 } } })
    for (let call = 0; call < 3; call++) expect(await wary.ask('{ sock }')).toMatchObject(UNAVAILABLE)
    expect(kinds(wary)).toEqual(['status', 'status', 'open'])
  })

  test('retries: none without a budget', async () => {
    answerWith((response) => response.destroy())
    const { ask } = await start({ fetching: { retries: { percent: 0, reserve: 0 } } })
    expect(await ask('{ sock }')).toMatchObject(UNAVAILABLE)
    expect(received).toHaveLength(1)
  })

  test('connections: as many are open at a time, and further fetches wait', async () => {
    const waiting: ServerResponse[] = []
    const both = Promise.withResolvers<void>()
    answerWith((response) => {
      waiting.push(response)
      if (waiting.length === 2) both.resolve()
      else if (waiting.length > 2) json(response, 200, { data: { _pair_0: waiting.length } })
    })
    const { ask } = await start({ fetching: { connections: 2 } })
    const asked = [1, 2, 3, 4].map((id) => ask(`{ pair(id: ${id}) }`))
    await both.promise
    const ports = new Set(waiting.map(({ req }) => req.socket.remotePort))
    for (const response of waiting.slice(0, 2)) json(response, 200, { data: { _pair_0: 1 } })
    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ status: 200 })
    for (const { req } of waiting.slice(2)) expect(ports).toContain(req.socket.remotePort)
  })

  test.each([
    [true, 1],
    [false, 2],
  ])('sharing %s: of a batch, identical fetches are %d calls', async (sharing, calls) => {
    const { url } = await start({ fetching: { sharing }, limits: { batch: 2 } })
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify([{ query: 'query A { sock }' }, { query: 'query B { sock }' }]),
    })
    expect(await answer.json()).toEqual([{ data: { sock: 1 } }, { data: { sock: 1 } }])
    expect(received).toHaveLength(calls)
  })
})

test('a mutation that ends keeps later queries from joining a run that began before it', async () => {
  const { ask } = await start({})
  const first = Promise.withResolvers<ServerResponse>()
  answerWith((response) => first.resolve(response))
  const before = ask('{ sock }')
  const held = await first.promise
  answerWith((response) => json(response, 200, { data: { sock: 'after', buy: true } }))
  expect(await ask('mutation { buy }')).toMatchObject({ data: { buy: true } })
  expect(await ask('{ sock }')).toMatchObject({ data: { sock: 'after' } })
  json(held, 200, { data: { sock: 'before' } })
  expect(await before).toMatchObject({ data: { sock: 'before' } })
})

test('a query does not join a run for which a subgraph has answered already', async () => {
  const url = `${server.origin}/graphql`
  const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])'
  const shelf = `${link} type Query { sock: Sock } type Sock @key(fields: "id") { id: ID! }`
  const stars = `${link} type Sock @key(fields: "id") { id: ID! stars: Int }`
  const sources = Object.entries({ shelf, stars }).map(([name, sdl]) => ({ name, url, file: name, sdl }))
  router = await startTestRouter({ sdl: composed(sources) })
  const first = Promise.withResolvers<ServerResponse>()
  const answer = (id: string) => async (request: IncomingMessage, response: ServerResponse) => {
    const asked = await textOf(request)
    if (!asked.includes('_entities')) json(response, 200, { data: { sock: { __typename: 'Sock', id } } })
    else if (asked.includes('before')) first.resolve(response)
    else json(response, 200, { data: { _entities: [{ stars: 2 }] } })
  }
  server.handle(answer('before'))
  const before = router.ask('{ sock { id stars } }')
  const held = await first.promise
  server.handle(answer('after'))
  expect(await router.ask('{ sock { id stars } }')).toMatchObject({
    data: { sock: { id: 'after', stars: 2 } },
  })
  json(held, 200, { data: { _entities: [{ stars: 1 }] } })
  expect(await before).toMatchObject({ data: { sock: { id: 'before', stars: 1 } } })
})
