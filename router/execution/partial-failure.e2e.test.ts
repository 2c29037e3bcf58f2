import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { GraphQLError } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RouterOptions } from '../router.ts'
import { conversation } from '../testing/conversation.ts'
import { json, textOf } from '../testing/http-server.ts'
import {
  composed,
  EXECUTORS,
  type GraphQLAnswer,
  type StartOptions,
  startTestRouter,
  type TestRouter,
} from '../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../testing/subgraph.ts'

describe.each(EXECUTORS)('by the %s executor', (executor) => {
  const start = (supergraph: RouterOptions['supergraph'], options: StartOptions = {}) =>
    startTestRouter(supergraph, { executor, ...options })

  const PRODUCTS = [
    { id: 'p1', name: 'Alpine' },
    { id: 'p2', name: 'Brook' },
    { id: 'p3', name: 'Cliff' },
  ]

  const QUERY = '{ motd products { id name stars reviews { text } } }'
  const WHOLE = {
    motd: 'Warm feet',
    products: PRODUCTS.map(({ id, name }) => ({ id, name, stars: 4, reviews: [{ text: `About ${id}` }] })),
  }
  const WITHOUT_REVIEWS = {
    motd: 'Warm feet',
    products: PRODUCTS.map((product) => ({ ...product, stars: null, reviews: null })),
  }

  /** Expects an error for each field of a product that reviews should have resolved, in any order. */
  function expectNulled(answer: GraphQLAnswer, error: object): void {
    const wanted = PRODUCTS.flatMap((_, index) =>
      ['stars', 'reviews'].map((field) => ({ ...error, path: ['products', index, field] })),
    )
    expect(answer.errors).toHaveLength(wanted.length)
    expect(answer.errors).toEqual(expect.arrayContaining(wanted))
  }

  let catalogue: TestSubgraph
  let reviews: TestSubgraph
  let notices: TestSubgraph
  let sdl: string
  let router: TestRouter
  /** A router with a shorter time limit for reviews, for faults that only a time limit ends. */
  let hasty: TestRouter

  beforeAll(async () => {
    catalogue = await startSubgraph(
      'catalogue',
      'type Query { products: [Product!] product(id: ID!): Product } type Product @key(fields: "id") { id: ID! name: String }',
      {
        Query: {
          products: () => PRODUCTS,
          product: (_: unknown, { id }: { id: string }) => ({ id, name: id }),
        },
      },
    )
    reviews = await startSubgraph(
      'reviews',
      `type Product @key(fields: "id") { id: ID! stars: Int reviews: [Review!] strict: Int! }
     type Review { text: String! }
     type Query { latest: [Review!] best: Review }`,
      {
        Product: {
          stars: () => 4,
          reviews: ({ id }: { id: string }) => [{ text: `About ${id}` }],
          strict: ({ id }: { id: string }) => (id === 'p2' ? fail('INTERNAL', 'SELECT * FROM secrets') : 1),
        },
        Query: {
          latest: () => fail('RATE_LIMITED', 'Slow down'),
          best: () => fail(undefined, 'connect ECONNREFUSED 10.0.0.3:5432'),
        },
      },
    )
    notices = await startSubgraph('notices', 'type Query { motd: String }', {
      Query: { motd: () => 'Warm feet' },
    })
    sdl = composed([catalogue.source, reviews.source, notices.source])
    router = await start({ sdl }, { settings: { fetching: { response: '64KB' } } })
    hasty = await start({ sdl }, { settings: { subgraphs: { reviews: { time: '300ms' } } } })
  })

  afterEach(() => {
    vi.useRealTimers()
    catalogue.recover()
    reviews.recover()
  })

  afterAll(async () => {
    await router?.close()
    await hasty?.close()
    await Promise.all([catalogue, reviews, notices].map((subgraph) => subgraph?.stop()))
  })

  function fail(code: string | undefined, message: string): never {
    throw new GraphQLError(message, { extensions: code ? { code, internal: 'detail' } : {} })
  }

  /** Texts that a client must never read. */
  function expectNoInternals(answer: unknown): void {
    const text = JSON.stringify(answer)
    expect(text).not.toMatch(
      /127\.0\.0\.1|localhost|ECONN|stack|serviceName|SELECT|10\.0\.0\.3|<html|undici|internal"/,
    )
  }

  describe('a subgraph that fails', () => {
    test('is whole while nothing fails', async () => {
      expect(await router.ask(QUERY)).toMatchObject({ status: 200, data: WHOLE, errors: [] })
    })

    const faults: Record<string, RequestListener> = {
      'answers 500': (_, response) => json(response, 500, { message: 'oops at 127.0.0.1' }),
      'answers 500 with a GraphQL body': (_, response) =>
        json(response, 500, { errors: [{ message: 'SELECT' }] }),
      'answers 401, refusing the router': (_, response) =>
        json(response, 401, { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] }),
      'answers HTML': (_, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hi</html>'),
      'answers broken JSON': (_, response) => response.writeHead(200).end('{"data": {"_entit'),
      'answers nothing': (_, response) => response.writeHead(200).end(),
      'answers null': (_, response) => json(response, 200, null),
      'answers a list': (_, response) => json(response, 200, []),
      'answers neither data nor errors': (_, response) => json(response, 200, { data: null }),
      'answers too few entities': (_, response) => json(response, 200, { data: { _entities: [] } }),
      'answers entities that are no list': (_, response) =>
        json(response, 200, { data: { _entities: { stars: 4 } } }),
      'answers data that is no object': (_, response) => json(response, 200, { data: 'yes' }),
      'answers a body larger than allowed': (_, response) =>
        json(response, 200, { data: { _entities: [], pad: 'x'.repeat(70_000) } }),
      'answers a large body without saying so': (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        for (let part = 0; part < 70; part++) response.write('x'.repeat(1_024))
        response.end()
      },
      'compresses by a coding that is not known': (_, response) =>
        response
          .writeHead(200, { 'content-encoding': 'zip' })
          .end(gzipSync('{"data":{"_entities":[null,null,null]}}')),
      'resets the connection': (request) => request.socket.resetAndDestroy(),
      'resets in the middle of a body': (request, response) => {
        response.writeHead(200, { 'content-length': '500' })
        response.write('{"data"', () => request.socket.resetAndDestroy())
      },
      'never answers': () => {},
      'sends headers and hangs': (_, response) =>
        response.writeHead(200, { 'content-length': '500' }).flushHeaders(),
    }
    const HANGS = new Set(['never answers', 'sends headers and hangs'])
    for (const [fault, listener] of Object.entries(faults)) {
      test(`and ${fault} leaves the rest whole, with an error for each field`, async () => {
        reviews.server.handle(listener)
        const answer = await (HANGS.has(fault) ? hasty : router).ask(QUERY)
        expect(answer).toMatchObject({ status: 200, data: WITHOUT_REVIEWS })
        expectNulled(answer, {
          message: expect.any(String),
          extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
        })
        expectNoInternals(answer)
        reviews.recover()
        expect(await router.ask(QUERY)).toMatchObject({ data: WHOLE, errors: [] })
      })
    }

    test('gets its time limit in a header, by its own settings', async () => {
      const settings = { fetching: { time: '13s' }, subgraphs: { reviews: { time: '12s' } } }
      const timed = await start({ sdl }, { settings })
      await timed.ask(QUERY)
      await timed.close()
      const times = [catalogue, reviews].map((one) => one.received.at(-1)?.headers['x-request-timeout-ms'])
      expect(times).toEqual(['13000', '12000'])
    })

    test('and redirects is not followed', async () => {
      const before = notices.server.count()
      reviews.server.handle((_, response) =>
        response.writeHead(307, { location: `${notices.server.origin}/elsewhere` }).end(),
      )
      const answer = await router.ask('{ product(id: "p1") { stars } }')
      expect(answer.errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }])
      expect(notices.server.count()).toBe(before)
    })

    test('and is down leaves the rest whole, and comes back without a restart of the router', async () => {
      await reviews.server.pause()
      const answer = await router.ask(QUERY)
      expect(answer).toMatchObject({ status: 200, data: WITHOUT_REVIEWS })
      expect(answer.errors).toHaveLength(6)
      await reviews.server.start()
      expect(await router.ask(QUERY)).toMatchObject({ data: WHOLE, errors: [] })
    })

    test('and owns a root field gives one error at that field', async () => {
      notices.server.handle((request) => request.socket.resetAndDestroy())
      const answer = await router.ask(QUERY)
      notices.recover()
      expect(answer.data).toEqual({ ...WHOLE, motd: null })
      expect(answer.errors).toMatchObject([{ path: ['motd'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }])
    })

    test('is reported for each field, under the alias of the client', async () => {
      reviews.server.handle((_, response) => json(response, 503, {}))
      const answer = await router.ask('{ shelf: products { grade: stars } }')
      expect(answer.errors.map(({ path }) => path)).toEqual(
        [0, 1, 2].map((index) => ['shelf', index, 'grade']),
      )
    })

    test('is reported for ten fields, and once for all others', async () => {
      const many = Array.from({ length: 25 }, (_, index) => withTypename({ id: `p${index}`, name: 'Alpine' }))
      catalogue.server.handle((_, response) => json(response, 200, { data: { products: many } }))
      reviews.server.handle((_, response) => json(response, 503, {}))
      const answer = await router.ask('{ products { id stars } }')
      catalogue.recover()
      const extensions = { code: 'SUBGRAPH_UNAVAILABLE' }
      const message = 'Part of the graph cannot be reached.'
      expect(answer.errors).toEqual([
        ...many.slice(0, 10).map((_, index) => ({ message, path: ['products', index, 'stars'], extensions })),
        { message: `${message} 15 more fields are null for this reason.`, extensions },
      ])
    })

    test('is logged with the request id and the subgraph, neither of which the client gets', async () => {
      router.logged.length = 0
      reviews.server.handle((_, response) => json(response, 503, {}))
      await router.ask(QUERY, { headers: { 'x-request-id': 'trace-me-1' } })
      expect(router.logged.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({
          requestId: 'trace-me-1',
          subgraph: 'reviews',
          kind: 'status',
          msg: 'a fetch failed',
        }),
      )
    })
  })

  describe('errors that a subgraph answers', () => {
    test('keep a code of the catalogue with its message and path', async () => {
      const answer = await router.ask('{ latest { text } motd }')
      expect(answer.data).toEqual({ latest: null, motd: 'Warm feet' })
      expect(answer.errors).toEqual([
        { message: 'Slow down', path: ['latest'], extensions: { code: 'RATE_LIMITED' } },
      ])
    })

    test.each([
      [
        { code: 'RATE_LIMITED', retryAfterSeconds: 30 },
        { code: 'RATE_LIMITED', retryAfterSeconds: 30 },
      ],
      [{ code: 'RATE_LIMITED', retryAfterSeconds: '<b>' }, { code: 'RATE_LIMITED' }],
      [{ code: 'FORBIDDEN', retryAfterSeconds: 30 }, { code: 'FORBIDDEN' }],
    ])('keep of the extensions %j no more than %j', async (sent, kept) => {
      const error = { message: 'Slow down', path: ['latest'] }
      reviews.server.handle((_, response) =>
        json(response, 200, { data: { latest: null }, errors: [{ ...error, extensions: sent }] }),
      )
      expect((await router.ask('{ latest { text } }')).errors).toEqual([{ ...error, extensions: kept }])
    })

    test('are masked otherwise', async () => {
      const answer = await router.ask('{ best { text } motd }')
      expect(answer.errors).toEqual([
        { message: 'Internal server error.', path: ['best'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ])
      expectNoInternals(answer)
    })

    test('in entities point to the element of the client’s list, and null bubbles from there', async () => {
      const answer = await router.ask('{ products { id strict } }')
      expect(answer.data).toEqual({ products: null })
      expect(answer.errors).toEqual([
        {
          message: 'Internal server error.',
          path: ['products', 1, 'strict'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ])
      expectNoInternals(answer)
    })

    test('without a path point to each field that the fetch left null', async () => {
      reviews.server.handle((_, response) =>
        json(response, 400, { errors: [{ message: 'validation of SELECT' }] }),
      )
      const answer = await router.ask(QUERY)
      expect(answer.data).toEqual(WITHOUT_REVIEWS)
      expectNulled(answer, {
        message: 'Internal server error.',
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      })
    })

    const WRONG_PATHS: readonly { readonly path: unknown }[] = [
      ...[['latest', -1], ['latest', 1.5], ['latest', 1e300], ['__proto__'], ['latest', '__proto__']],
      ...[['latest', 'text'], ['latest', 0, 'constructor'], ['latest', 0, 0], ['latest', null], ['motd']],
      ...[['latest', '0'], ['latest', 0, 'text', 0], Array(1_000).fill('latest'), 'latest', [['latest']], []],
    ].map((path) => ({ path }))
    test.each(WRONG_PATHS)('have no path where theirs leads nowhere: %j', async ({ path }) => {
      const error = { message: 'Slow down', path, extensions: { code: 'RATE_LIMITED' } }
      reviews.server.handle((_, response) => json(response, 200, { data: { latest: [] }, errors: [error] }))
      const answer = await router.ask('{ latest { text } }')
      expect(answer.data).toEqual({ latest: [] })
      expect(answer.errors).toEqual([{ message: 'Slow down', extensions: { code: 'RATE_LIMITED' } }])
    })

    test('keep a path that leads below a null', async () => {
      const error = {
        message: 'Slow down',
        path: ['latest', 7, 'text'],
        extensions: { code: 'RATE_LIMITED' },
      }
      reviews.server.handle((_, response) => json(response, 200, { data: { latest: null }, errors: [error] }))
      expect((await router.ask('{ latest { text } }')).errors).toEqual([error])
    })

    test('are a hundred at most, and one with the number of those left out', async () => {
      const error = { message: 'Slow down', path: ['latest'], extensions: { code: 'RATE_LIMITED' } }
      const errors = [{ ...error, message: 'x'.repeat(5_000) }, ...Array(299).fill(error)]
      reviews.server.handle((_, response) => json(response, 200, { data: { latest: null }, errors }))
      const { errors: told } = await router.ask('{ latest { text } }')
      expect(told[0]?.message).toHaveLength(3_000)
      expect(told[99]).toEqual(error)
      // The reference executor has no room for the last one.
      const rest = { message: '200 more errors are left out.', extensions: { code: 'TOO_MANY_ERRORS' } }
      expect(told.slice(100)).toEqual(executor === 'compiled' ? [rest] : [])
    })

    test('of a whole entity are one for each of its fields', async () => {
      const error = { message: 'Slow down', path: ['_entities', 0], extensions: { code: 'RATE_LIMITED' } }
      reviews.server.handle((_, response) =>
        json(response, 200, { data: { _entities: [null] }, errors: [error] }),
      )
      const answer = await router.ask('{ product(id: "p1") { stars reviews { text } } }')
      const fields =
        executor === 'compiled'
          ? [
              ['product', 'stars'],
              ['product', 'reviews'],
            ]
          : [['product']]
      expect(answer.errors).toEqual(fields.map((path) => ({ ...error, path })))
    })

    test('arrive for a null in a non-null place that the subgraph kept silent about', async () => {
      reviews.server.handle(async (request, response) => {
        const { variables } = JSON.parse(await textOf(request))
        json(response, 200, { data: { _entities: variables.representations.map(() => ({ strict: null })) } })
      })
      const answer = await router.ask('{ product(id: "p1") { id strict } motd }')
      expect(answer.data).toEqual({ product: null, motd: 'Warm feet' })
      expect(answer.errors).toMatchObject([
        { path: ['product', 'strict'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ])
      expect(JSON.stringify(answer)).not.toContain('valueCompletion')
    })
  })

  describe('the request’s own time limit', () => {
    test('ends the fetch that is open, and what came before it is answered', async () => {
      const settings = { limits: { time: '2s' }, fetching: { time: '1900ms' } }
      const impatient = await start({ sdl }, { settings })
      // The first fetch takes 400 ms, so the second one's own limit would end 300 ms after the request's.
      catalogue.server.handle((_, response) => {
        vi.advanceTimersByTime(400)
        json(response, 200, { data: { products: PRODUCTS.map(withTypename) } })
      })
      reviews.server.handle(() => void vi.advanceTimersByTime(1_600))
      // The timers of node:net are not faked, those of fetch would be.
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const body = JSON.stringify({ query: '{ products { id name stars reviews { text } } }' })
      const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n`
      const rest = `content-type: application/json\r\nconnection: close\r\n\r\n${body}`
      const text = await conversation(impatient.port, head + rest)
      vi.useRealTimers()
      const answer: GraphQLAnswer = JSON.parse(text.slice(text.indexOf('\r\n\r\n')))
      expect(answer.data).toEqual({ products: WITHOUT_REVIEWS.products })
      expectNulled(answer, {
        message: expect.any(String),
        extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
      })
      expect(impatient.logged.map((line) => JSON.parse(line).kind).filter(Boolean)).toEqual(['cancelled'])
      await impatient.close()
    })
  })

  function withTypename(product: object): object {
    return { __typename: 'Product', ...product }
  }
})
