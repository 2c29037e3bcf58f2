import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { request as rawRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RouterOptions } from '../router.ts'
import { conversation } from '../testing/conversation.ts'
import {
  composed,
  EXECUTORS,
  readAnswer,
  type StartOptions,
  startTestRouter,
  type TestRouter,
} from '../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../testing/subgraph.ts'

describe.each(EXECUTORS)('by the %s executor', (executor) => {
  const start = (supergraph: RouterOptions['supergraph'], options: StartOptions = {}) =>
    startTestRouter(supergraph, { executor, ...options })

  let subgraph: TestSubgraph
  let router: TestRouter
  let production: TestRouter
  /** Emits the end of each nap that begins. */
  const naps = new EventEmitter<{ begins: [end: () => void] }>()

  beforeAll(async () => {
    subgraph = await startSubgraph(
      'shelf',
      `type Query { sock(id: ID! = "s1", size: Int): Sock nap: String sum(of: [Int!]!): Int }
     type Mutation { buy: Boolean }
     type Sock @key(fields: "id") { id: ID! next: Sock hidden: String @inaccessible }`,
      {
        Query: {
          sock: (_: unknown, { id }: { id: string }) => ({ id }),
          nap: () => new Promise((resolve) => naps.emit('begins', () => resolve('done'))),
          sum: (_: unknown, { of }: { of: number[] }) => of.reduce((a, b) => a + b, 0),
        },
        Sock: { next: ({ id }: { id: string }) => ({ id: `${id}+` }) },
        Mutation: { buy: () => true },
      },
    )
    const sdl = composed([subgraph.source])
    const settings = {
      http: { cors: { origins: ['*'] } },
      limits: { body: '4KB', tokens: 200, depth: 8 },
    }
    router = await start({ sdl }, { settings })
    production = await start({ sdl }, { production: true })
  })

  afterAll(async () => {
    await Promise.all([router?.close(), production?.close()])
    await subgraph?.stop()
  })

  function post(body: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(router.url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })
  }

  function get(parameters: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${router.url}?${new URLSearchParams(parameters)}`, { headers })
  }

  const PREFLIGHTED = { 'apollo-require-preflight': 'yes' }

  /** A refusal: a GraphQL body with one error of this code. */
  async function expectRefused(response: Response, status: number, message: RegExp, code = 'BAD_USER_INPUT') {
    const answer = await readAnswer(response)
    expect(answer.errors).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })])
    expect([answer.status, answer.errors[0]?.extensions]).toEqual([status, { code }])
    expect(answer.data).toBeUndefined()
  }

  describe('a request that is wrong', () => {
    const bodies: Record<string, [string, RegExp]> = {
      'is not JSON': ['{ nope', /not valid JSON/],
      'is empty': ['', /not valid JSON/],
      'is a list': ['[]', /batching/],
      'has no query': ['{"variables":{}}', /non-empty `query`/],
      'has a syntax error': ['{"query":"{ sock"}', /Syntax Error/],
      'selects an unknown field': ['{"query":"{ shoe }"}', /Cannot query field "shoe"/],
      'selects an inaccessible field': ['{"query":"{ sock { hidden } }"}', /Cannot query field "hidden"/],
      'names an unknown operation': ['{"query":"query A { nap }","operationName":"B"}', /operation.*"?B"?/],
      'names none of two': ['{"query":"query A { nap } query B { nap }"}', /operation/i],
      'lacks a variable': ['{"query":"query($o: [Int!]!) { sum(of: $o) }"}', /\$o.*required/],
      'has a variable of a wrong type': [
        '{"query":"query($o: [Int!]!) { sum(of: $o) }","variables":{"o":[1,"two"]}}',
        /"\$o" got invalid value "two" at "o\[1\]"/,
      ],
      'has a number that is no Int': [
        '{"query":"query($o: [Int!]!) { sum(of: $o) }","variables":{"o":[2147483648]}}',
        /2147483648/,
      ],
      subscribes: ['{"query":"subscription { sock { id } }"}', /no subscription/],
    }
    for (const [fault, [body, message]] of Object.entries(bodies)) {
      test(`since it ${fault} is 400 and BAD_USER_INPUT`, async () => {
        await expectRefused(await post(body), 400, message)
      })
    }

    test('in several variables reports each, with its location in the document', async () => {
      const answer = await router.ask(
        'query($a: Int!, $b: Int!) { a: sock(size: $a) { id } b: sock(size: $b) { id } }',
      )
      expect(answer.errors.map(({ locations }) => locations)).toEqual([
        [{ line: 1, column: 7 }],
        [{ line: 1, column: 17 }],
      ])
    })

    test('in a field reports its location in the document', async () => {
      const { errors } = await router.ask('{\n  shoe }')
      expect(errors[0]?.locations).toEqual([{ line: 2, column: 3 }])
    })

    test('at another path is 404 in JSON', async () => {
      await expectRefused(
        await fetch(new URL('/nothing', router.url)),
        404,
        /GET "\/nothing": GraphQL is at \/graphql/,
      )
    })

    test('by another method is 405', async () => {
      const answer = await fetch(router.url, { method: 'DELETE', headers: PREFLIGHTED })
      expect(answer.headers.get('allow')).toBe('GET, POST')
      await expectRefused(answer, 405, /GET\/POST/)
    })

    test('that is not HTTP is answered in JSON', async () => {
      const answer = await conversation(router.port, 'GARBAGE\r\n\r\n')
      expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"BAD_USER_INPUT"/)
    })
  })

  describe('limits', () => {
    test('a body that says it is too large is refused before it is sent', async () => {
      const status = await new Promise((resolve, reject) => {
        const sending = rawRequest(router.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': '1000000' },
        })
        sending.on('response', (response) => resolve(response.statusCode))
        sending.on('error', reject)
        sending.flushHeaders()
      })
      expect(status).toBe(413)
    })

    test('a body that does not say so is refused when it shows', async () => {
      const answer = await new Promise<string>((resolve, reject) => {
        const sending = rawRequest(router.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
        })
        sending.on('response', async (response) => {
          let text = ''
          for await (const chunk of response) text += chunk
          resolve(`${response.statusCode} ${text}`)
        })
        sending.on('error', reject)
        sending.write('x'.repeat(4_000))
        sending.write('x'.repeat(200))
      })
      expect(answer).toMatch(/^413 .*4096 bytes/)
    })

    test('a compressed body is not unpacked', async () => {
      const answer = await post('xx', { 'content-encoding': 'gzip' })
      expect(answer.headers.get('accept-encoding')).toBe('identity')
      await expectRefused(answer, 415, /"gzip"/)
    })

    test('tokens are counted', async () => {
      const query = `{ ${Array.from({ length: 50 }, (_, index) => `a${index}: sock { id }`).join(' ')} }`
      await expectRefused(await post(JSON.stringify({ query })), 400, /more than the maximum of 200 tokens/)
    })

    test('nesting is refused before anything recurses into it', async () => {
      await expectRefused(
        await post(JSON.stringify({ query: '{a'.repeat(60) })),
        400,
        /deeper than the maximum of 16 brackets/,
      )
    })

    test('depth is measured through fragments', async () => {
      const query = `{ sock { ...A } } fragment A on Sock { next { next { next { ...B } } } }
                   fragment B on Sock { next { next { next { next { id } } } } }`
      await expectRefused(await post(JSON.stringify({ query })), 400, /9 fields deep; the maximum is 8/)
    })

    test('a bomb of fragments is refused', async () => {
      const width = Array.from(
        { length: 12 },
        (_, index) =>
          `fragment F${index} on Sock { a: next { ...F${index + 1} } b: next { ...F${index + 1} } }`,
      )
      const query = `{ sock { ...F0 } } ${width.join(' ')} fragment F12 on Sock { id }`
      const roomy = await start(
        { sdl: composed([subgraph.source]) },
        { settings: { limits: { selections: 1_000 } } },
      )
      const answer = await roomy.ask(query)
      expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
      await roomy.close()
    })
  })

  describe('GET', () => {
    test('answers a query, with the headers that a cross-site form cannot send', async () => {
      const answer = await readAnswer(await get({ query: '{ sock { id } }' }, PREFLIGHTED))
      expect(answer).toMatchObject({ status: 200, data: { sock: { id: 's1' } } })
    })

    test('without them is taken for a cross-site request', async () => {
      await expectRefused(await get({ query: '{ sock { id } }' }), 400, /Cross-Site Request Forgery/)
    })

    test('runs no mutation', async () => {
      const answer = await get({ query: 'mutation { buy }' }, PREFLIGHTED)
      expect(answer.headers.get('allow')).toBe('POST')
      await expectRefused(answer, 405, /only support query/)
    })

    test('is limited as POST is', async () => {
      await expectRefused(await get({ query: '{a'.repeat(60) }, PREFLIGHTED), 400, /brackets/)
    })
  })

  test('pages of every origin may read where "*" is listed, without credentials', async () => {
    // Refusals too.
    for (const body of ['{"query":"{ __typename }"}', '{']) {
      const answer = await post(body, { origin: 'https://any.test' })
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  describe('a form of another site', () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      test(`as ${type} is refused`, async () => {
        const response = await post('{"query":"mutation { buy }"}', { 'content-type': type })
        await expectRefused(response, 400, /Cross-Site Request Forgery/)
      })
    }
  })

  describe('persisted queries', () => {
    test('are asked for, registered and found', async () => {
      const query = '{ sock(id: "persisted") { id } }'
      const sha256Hash = createHash('sha256').update(query).digest('hex')
      const extensions = { persistedQuery: { version: 1, sha256Hash } }
      await expectRefused(
        await post(JSON.stringify({ extensions })),
        200,
        /PersistedQueryNotFound/,
        'PERSISTED_QUERY_NOT_FOUND',
      )
      const registered = await readAnswer(await post(JSON.stringify({ query, extensions })))
      expect(registered.data).toEqual({ sock: { id: 'persisted' } })
      const found = await readAnswer(await post(JSON.stringify({ extensions })))
      expect(found.data).toEqual({ sock: { id: 'persisted' } })
    })

    test('whose hash is another’s are refused', async () => {
      const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } }
      await expectRefused(await post(JSON.stringify({ query: '{ nap }', extensions })), 400, /sha/)
    })
  })

  describe('health', () => {
    test('is live and ready, and says which supergraph serves', async () => {
      expect(await (await fetch(new URL('/health/live', router.url))).json()).toEqual({ status: 'live' })
      const ready = await fetch(new URL('/health/ready', router.url))
      // Longer than load balancers keep idle connections.
      expect(ready.headers.get('keep-alive')).toBe('timeout=65')
      expect([ready.status, await ready.json()]).toEqual([
        200,
        { status: 'ready', supergraph: router.supergraphId() },
      ])
    })
  })

  describe('a browser', () => {
    const HTML = { accept: 'text/html,application/xhtml+xml' }

    test('is led to the explorer, which asks the endpoint', async () => {
      const page = await fetch(new URL('/', router.url), { headers: HTML })
      expect(page.url).toBe(router.url)
      expect(page.headers.get('content-type')).toContain('text/html')
      expect(await page.text()).toContain('embeddable-sandbox')
      const answer = await router.ask('{ __schema { queryType { name } } }')
      expect(answer.data).toEqual({ __schema: { queryType: { name: 'Query' } } })
    })

    test('finds no explorer in production, no introspection and no suggestion', async () => {
      const page = await fetch(new URL('/', production.url), { headers: HTML })
      expect(page.status).toBe(404)
      const endpoint = await fetch(production.url, { headers: HTML })
      expect(endpoint.headers.get('content-type')).toContain('json')
      const introspection = await production.ask('{ __schema { queryType { name } } }')
      expect(introspection).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
      })
      const misspelt = await production.ask('{ sok { id } }')
      expect(misspelt.errors[0]?.message).not.toContain('Did you mean')
      expect(await production.ask('{ __typename sock { id } }')).toMatchObject({
        data: { __typename: 'Query', sock: { id: 's1' } },
      })
    })
  })

  describe('closing', () => {
    test('answers what has begun, and takes nothing new', async () => {
      const closing = await start({ sdl: composed([subgraph.source]) })
      const begins = once(naps, 'begins')
      const answer = closing.ask('{ nap }')
      const [release] = await begins
      const closed = closing.close()
      await expect(closing.ask('{ sock { id } }')).rejects.toThrow()
      release()
      expect(await answer).toMatchObject({ status: 200, data: { nap: 'done' } })
      await closed
    })

    test('breaks off what is not answered within limits.drain', async () => {
      const settings = { limits: { drain: '100ms' } }
      const closing = await start({ sdl: composed([subgraph.source]) }, { settings })
      const begins = once(naps, 'begins')
      const answer = expect(closing.ask('{ nap }')).rejects.toThrow()
      const [release] = await begins
      await closing.close()
      await answer
      release()
    })
  })
})
