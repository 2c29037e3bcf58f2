import { createHash } from 'node:crypto'
import { request as rawRequest } from 'node:http'
import { connect } from 'node:net'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conversation } from '../testing/conversation.ts'
import { composed, readAnswer, startTestRouter, type TestRouter } from '../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../testing/subgraph.ts'

let subgraph: TestSubgraph
let router: TestRouter
/** Its requests have half a second to arrive. */
let hasty: TestRouter

beforeAll(async () => {
  subgraph = await startSubgraph(
    'shelf',
    `type Query { sock(id: ID = "s1", kind: Kind): Sock text(length: Int!): String }
     enum Kind { WOOL COTTON }
     type Mutation { buy(id: ID): String }
     type Sock @key(fields: "id") { id: ID! next: Sock }`,
    {
      Query: {
        sock: (_: unknown, { id }: { id: string }) => ({ id }),
        text: (_: unknown, { length }: { length: number }) => 'é'.repeat(length),
      },
      Sock: { next: ({ id }: { id: string }) => ({ id: `${id}+` }) },
      Mutation: { buy: (_: unknown, { id }: { id: string }) => id },
    },
  )
  router = await startTestRouter(
    { sdl: composed([subgraph.source]) },
    {
      executor: 'compiled',
      settings: {
        http: { caching: { time: '60s', shared: true }, compression: { above: '1KB' } },
        limits: { aliases: 3, root_fields: 4, selections: 40, batch: 3, headers: '8KB' },
      },
    },
  )
  hasty = await startTestRouter(
    { sdl: composed([subgraph.source]) },
    { executor: 'compiled', settings: { limits: { receive: '500ms' } } },
  )
})

afterAll(async () => {
  await Promise.all([router?.close(), hasty?.close()])
  await subgraph?.stop()
})

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(router.url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** The raw bytes of a response, which `fetch` does not expose. */
function raw(
  query: string,
  acceptEncoding: string,
): Promise<{ encoding: string | undefined; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'accept-encoding': acceptEncoding }
    const sending = rawRequest(router.url, { method: 'POST', headers }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) })
    })
    sending.on('error', reject)
    sending.end(JSON.stringify({ query }))
  })
}

describe('the answer’s media type and status', () => {
  const invalid = [
    { query: '{ shoe }' },
    { query: 'query ($kind: Kind) { sock(kind: $kind) { id } }', variables: { kind: 'SILK' } },
  ]
  const cases: Record<string, [accept: string, status: number, type: string]> = {
    'by the name of application/json are 200': ['application/json', 200, 'application/json'],
    'by its own type are 400': [
      'application/graphql-response+json',
      400,
      'application/graphql-response+json',
    ],
    'by preference of its own type are 400': [
      'application/graphql-response+json;charset=utf-8, application/json;q=0.9',
      400,
      'application/graphql-response+json',
    ],
    'by preference of application/json are 200': [
      'application/graphql-response+json;q=0.2, application/json',
      200,
      'application/json',
    ],
    'by any type are 400': ['text/html, */*;q=0.1', 400, 'application/json'],
  }
  for (const [says, [accept, status, type]] of Object.entries(cases)) {
    test(`of a document that cannot be served, accepted ${says}`, async () => {
      for (const body of invalid) {
        const response = await post(body, { accept })
        expect([response.status, response.headers.get('content-type')]).toEqual([
          status,
          `${type}; charset=utf-8`,
        ])
      }
    })
  }

  test('are 406 in JSON where nothing is accepted that there is', async () => {
    const headers = { accept: 'text/plain', 'x-request-id': 'req-406' }
    const answer = await readAnswer(await post({ query: '{ sock { id } }' }, headers))
    expect(answer.headers.get('x-request-id')).toBe('req-406')
    expect(answer).toMatchObject({
      status: 406,
      errors: [{ message: expect.stringContaining('"text/plain"') }],
    })
  })

  test('are 415 for a body of another type, and for another charset', async () => {
    for (const type of ['application/xml', 'application/json; charset=utf-16']) {
      expect(await readAnswer(await post('<a/>', { 'content-type': type }))).toMatchObject({
        status: 415,
        errors: [{ message: expect.stringContaining(type), extensions: { code: 'BAD_USER_INPUT' } }],
      })
    }
  })
})

describe('compression', () => {
  const large = '{ text(length: 2000) }'
  const expected = JSON.stringify({ data: { text: 'é'.repeat(2_000) } })

  test('is by what the client takes, brotli before gzip', async () => {
    const brotli = await raw(large, 'gzip, deflate, br')
    expect([brotli.encoding, brotliDecompressSync(brotli.bytes).toString()]).toEqual(['br', expected])
    const gzip = await raw(large, 'gzip;q=0.5, br;q=0')
    expect([gzip.encoding, gunzipSync(gzip.bytes).toString()]).toEqual(['gzip', expected])
  })

  test('spares what is small, and who does not ask', async () => {
    expect((await raw('{ text(length: 5) }', 'br')).encoding).toBeUndefined()
    expect((await raw(large, 'identity')).encoding).toBeUndefined()
  })
})

describe('caches', () => {
  const get = (parameters: Record<string, string>) =>
    fetch(`${router.url}?${new URLSearchParams(parameters)}`, {
      headers: { 'apollo-require-preflight': '1' },
    })

  test('may keep the answer of a persisted query asked by GET', async () => {
    const query = 'query Kept($id: ID) { sock(id: $id) { id } }'
    const sha256Hash = createHash('sha256').update(query).digest('hex')
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash } })
    const unknown = await get({ extensions })
    expect([unknown.status, unknown.headers.get('cache-control')]).toEqual([200, 'no-store'])
    await post({ query, extensions: JSON.parse(extensions) })
    const known = await get({ extensions, variables: '{"id":"s7"}' })
    expect(await known.json()).toEqual({ data: { sock: { id: 's7' } } })
    expect(known.headers.get('cache-control')).toBe('public, max-age=60')
    expect(known.headers.get('vary')).toBe('accept, accept-encoding, authorization')
  })

  test('may keep nothing else', async () => {
    const posted = await post({ query: '{ sock { id } }' })
    const wrong = await get({ query: '{ shoe }' })
    subgraph.server.handle((_, response) => response.writeHead(500).end())
    const partial = await get({ query: '{ sock(id: "s9") { id } }' })
    subgraph.recover()
    expect((await partial.json()) as object).toHaveProperty('errors')
    for (const { headers } of [posted, wrong, partial]) expect(headers.get('cache-control')).toBe('no-store')
  })
})

describe('limits', () => {
  const refusals: Record<string, [query: string, message: RegExp]> = {
    aliases: ['{ sock { a: id b: id c: id d: id } }', /4 aliases; the maximum is 3/],
    'root fields': [
      '{ ...F sock { id } } fragment F on Query { text(length: 1) ...G } fragment G on Query { __typename ... { __typename __typename } }',
      /5 root fields; the maximum is 4/,
    ],
    'selections, fragments multiplied out': [
      `{ sock { ...A } } fragment A on Sock { next { ...B } ...B } fragment B on Sock { next { ...C } ...C }
       fragment C on Sock { next { ...D } ...D } fragment D on Sock { next { ...E } ...E } fragment E on Sock { id id }`,
      /selects \d+ fields; the maximum is 40/,
    ],
  }
  for (const [what, [query, message]] of Object.entries(refusals)) {
    test(`${what} are counted`, async () => {
      const answer = await router.ask(query)
      expect(answer).toMatchObject({ status: 400, errors: [{ message: expect.stringMatching(message) }] })
    })
  }

  test('headers that are too large are 431 in JSON', async () => {
    const answer = await conversation(
      router.port,
      `GET /graphql HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(9_000)}\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 431 [\s\S]*"code":"BAD_USER_INPUT"/)
  })

  test('a client that sends its body too slowly gets 408 and is disconnected', async () => {
    const answer = await conversation(
      hasty.port,
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"query":',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*took too long to arrive/)
  })
})

describe('a connection whose request does not arrive in time gets 408 and ends, if it', () => {
  const HEAD = 'POST /graphql HTTP/1.1\r\nhost: x\r\n'

  test.each([
    ['says nothing', '', ''],
    ['sends one header without an end', HEAD, 'x'],
    ['sends blank lines', '', '\r\n'],
    [
      'sends the size of a chunk without an end',
      `${HEAD}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
      '0',
    ],
  ])('%s', async (_, first, again) => {
    const socket = connect(hasty.port, '127.0.0.1')
    // Written first, however long the connection takes.
    socket.write(first)
    const dribble = setInterval(() => again && socket.write(again), 20)
    let text = ''
    for await (const chunk of socket) text += chunk
    clearInterval(dribble)
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
  })
})

describe('a batch', () => {
  test('is answered in order, each operation for itself', async () => {
    const response = await post([
      { query: '{ sock(id: "a") { id } }' },
      { query: '{ shoe }' },
      { query: 'mutation { buy(id: "b") }' },
    ])
    expect([response.status, await response.json()]).toEqual([
      200,
      [
        { data: { sock: { id: 'a' } } },
        {
          errors: [
            expect.objectContaining({
              message: 'Cannot query field "shoe" on type "Query".',
            }),
          ],
        },
        { data: { buy: 'b' } },
      ],
    ])
  })

  test('is answered where one of its members is no operation', async () => {
    const response = await post([7, { query: '{ sock(id: "c") { id } }' }, { query: 7 }])
    const refusal = (message: string) => ({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] })
    expect([response.status, await response.json()]).toEqual([
      200,
      [
        refusal('The body must be a JSON object with a non-empty `query`.'),
        { data: { sock: { id: 'c' } } },
        refusal('`query` must be a string, not 7.'),
      ],
    ])
  })

  test('is as long as allowed', async () => {
    for (const batch of [[], Array.from({ length: 4 }, () => ({ query: '{ __typename }' }))]) {
      const answer = await readAnswer(await post(batch))
      expect(answer).toMatchObject({
        status: 400,
        errors: [{ message: expect.stringContaining('1 to 3 operations') }],
      })
    }
  })
})

describe('in production', () => {
  test('no message contains a name of the schema that the request does not', async () => {
    const production = await startTestRouter(
      { sdl: composed([subgraph.source]) },
      { executor: 'compiled', production: true },
    )
    const wrong = [
      await production.ask('{ sok { id } }'),
      await production.ask('query($k: Kind) { sock(kind: $k) { id } }', { variables: { k: 'WOOLY' } }),
      await production.ask('{ sock(kid: 1) { id } }'),
    ]
    await production.close()
    for (const { status, errors } of wrong) {
      expect(status).toBe(400)
      expect(errors[0]?.message).not.toMatch(/Did you mean|WOOL\b|"sock"\?/)
    }
  })
})

test('the endpoint may be at /', async () => {
  const atRoot = await startTestRouter(
    { sdl: composed([subgraph.source]) },
    { executor: 'compiled', settings: { http: { path: '/' } } },
  )
  expect(new URL(atRoot.url).pathname).toBe('/')
  expect(await atRoot.ask('{ sock { id } }')).toMatchObject({ status: 200, data: { sock: { id: 's1' } } })
  const page = await fetch(atRoot.url, { headers: { accept: 'text/html' }, redirect: 'manual' })
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  // Pages of other sites cannot show the explorer in a frame.
  expect([page.headers.get('x-frame-options'), page.headers.get('cache-control')]).toEqual([
    'DENY',
    'no-store',
  ])
  expect((await fetch(new URL('/health/live', atRoot.url))).status).toBe(200)
  expect((await fetch(new URL('/graphql', atRoot.url))).status).toBe(404)
  await atRoot.close()
})

test('every answer forbids browsers to guess its type', async () => {
  const asked = ['/', '/health/live', '/nothing', '/graphql', '/graphql?query={__typename}'].map((path) =>
    fetch(new URL(path, router.url), { redirect: 'manual', headers: { 'apollo-require-preflight': '1' } }),
  )
  asked.push(post('{'), post({ query: '{ sock { id } }' }), fetch(router.url, { method: 'OPTIONS' }))
  asked.push(fetch(router.url, { headers: { accept: 'text/html' } }))
  const types = (await Promise.all(asked)).map(({ headers }) => headers.get('x-content-type-options'))
  expect(types).toEqual(types.map(() => 'nosniff'))
})

describe('a client that leaves', () => {
  /**
   * Sends a request and disconnects once it has reached the subgraph. Resolves when the subgraph's request is
   * aborted or answered.
   */
  async function leave(query: string): Promise<'abandoned' | 'finished'> {
    const reached = Promise.withResolvers<void>()
    const outcome = Promise.withResolvers<'abandoned' | 'finished'>()
    const finish = Promise.withResolvers<void>()
    subgraph.server.handle(async (request, response) => {
      request.resume()
      response.once('close', () => outcome.resolve(response.writableFinished ? 'finished' : 'abandoned'))
      reached.resolve()
      await finish.promise
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"buy":"x"}}')
    })
    const client = new AbortController()
    const asked = fetch(router.url, {
      method: 'POST',
      body: JSON.stringify({ query }),
      headers: { 'content-type': 'application/json' },
      signal: client.signal,
    }).catch(() => {})
    await reached.promise
    client.abort()
    await asked
    // The router reads the end of the connection before the requests of later ones.
    for (let time = 0; time < 3; time++) await fetch(new URL('/health/live', router.url))
    if (query.startsWith('mutation')) finish.resolve()
    const result = await outcome.promise
    finish.resolve()
    subgraph.recover()
    return result
  }

  test('takes the fetches of its query along', async () => {
    expect(await leave('{ sock(id: "left") { id } }')).toBe('abandoned')
  })

  test('leaves its mutation to finish', async () => {
    expect(await leave('mutation { buy }')).toBe('finished')
  })
})
