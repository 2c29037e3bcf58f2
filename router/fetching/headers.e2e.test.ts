import { createHash, createHmac } from 'node:crypto'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RouterOptions } from '../router.ts'
import { type Issuer, startIssuer } from '../testing/issuer.ts'
import {
  composed,
  EXECUTORS,
  type StartOptions,
  startTestRouter,
  type TestRouter,
} from '../testing/router.ts'
import { startSubgraph, type TestContext, type TestSubgraph } from '../testing/subgraph.ts'

describe.each(EXECUTORS)('by the %s executor', (executor) => {
  const start = (supergraph: RouterOptions['supergraph'], options: StartOptions = {}) =>
    startTestRouter(supergraph, { executor, ...options })

  const MASTER = createHash('sha256').update('the test').digest()

  let users: TestSubgraph
  let shelf: TestSubgraph
  let issuer: Issuer
  let router: TestRouter

  beforeAll(async () => {
    const cookies = (value: string) => (_: unknown, __: unknown, context: TestContext) => {
      context.setHeader('set-cookie', `refresh=${value}; HttpOnly`)
      context.setHeader('x-internal', 'secret')
      return value
    }
    users = await startSubgraph(
      'users',
      'type Query { me: String } type Mutation { one: String two: String }',
      {
        Query: { me: cookies('a') },
        Mutation: { one: cookies('1'), two: cookies('2') },
      },
    )
    shelf = await startSubgraph('shelf', 'type Query { socks: String }', {
      Query: { socks: cookies('stolen') },
    })
    issuer = await startIssuer()
    router = await start(
      { sdl: composed([users.source, shelf.source]) },
      {
        accessTokens: issuer.options,
        internalTokenMasterKey: MASTER,
        settings: {
          fetching: { time: '14s' },
          http: { cors: { origins: ['https://shop.test'], credentials: true } },
          headers: {
            request: [
              { name: 'Accept-Language' },
              { cookie: 'refresh', to: ['users'] },
              { name: 'x-shelf', to: ['shelf'] },
            ],
            response: [{ name: 'set-cookie', from: ['users'] }],
          },
        },
      },
    )
  })

  beforeEach(() => {
    users.received.length = 0
    shelf.received.length = 0
  })

  afterAll(async () => {
    await router?.close()
    await Promise.all([users?.stop(), shelf?.stop(), issuer?.server.stop()])
  })

  function keyOf(subgraph: string): Buffer {
    return createHmac('sha256', MASTER).update(subgraph).digest()
  }

  async function claimsSentTo(subgraph: TestSubgraph) {
    const header = subgraph.received[0]?.headers.authorization ?? ''
    const { payload } = await jwtVerify(header.replace('Bearer ', ''), keyOf(subgraph.name), {
      issuer: 'argyle-router',
      audience: subgraph.name,
      algorithms: ['HS256'],
    })
    return payload
  }

  describe('what reaches a subgraph', () => {
    test('is nothing of what a client says about itself', async () => {
      await router.ask('{ me socks }', {
        headers: {
          'x-user-id': 'admin',
          'x-forwarded-for': '6.6.6.6',
          'x-forwarded-user': 'admin',
          forwarded: 'for=6.6.6.6',
          cookie: 'session=abc; refreshed=no',
          'x-argyle-scope': 'all',
          'x-request-timeout-ms': '1',
          'proxy-authorization': 'Basic abc',
        },
      })
      for (const { headers } of [...users.received, ...shelf.received]) {
        expect(Object.keys(headers).sort()).toEqual([
          'accept',
          'accept-encoding',
          'accept-language',
          'authorization',
          'connection',
          'content-length',
          'content-type',
          'host',
          'traceparent',
          'x-forwarded-for',
          'x-request-id',
          'x-request-timeout-ms',
        ])
        // That of fetching.time, not the caller's.
        expect(headers['x-request-timeout-ms']).toBe('14000')
        expect(headers['x-forwarded-for']).toMatch(/127\.0\.0\.1$/)
        expect(headers['accept-encoding']).toBe('identity')
      }
    })

    test('is what rules name, and only where they say', async () => {
      await router.ask('{ me socks }', {
        headers: { 'accept-language': 'nb', cookie: 'a=1; refresh=tok=en; b=2', 'x-shelf': 'top' },
      })
      expect(users.received[0]?.headers).toMatchObject({ 'accept-language': 'nb', cookie: 'refresh=tok=en' })
      expect(users.received[0]?.headers['x-shelf']).toBeUndefined()
      expect(shelf.received[0]?.headers).toMatchObject({ 'accept-language': 'nb', 'x-shelf': 'top' })
      expect(shelf.received[0]?.headers.cookie).toBeUndefined()
    })

    test('is an internal token of its own, anonymous for nobody', async () => {
      await router.ask('{ me socks }')
      for (const subgraph of [users, shelf]) {
        const { iss, aud, sub, scope, iat = 0, exp } = await claimsSentTo(subgraph)
        expect({ iss, aud, sub, scope, lifetime: (exp ?? 0) - iat }).toEqual({
          iss: 'argyle-router',
          aud: subgraph.name,
          sub: undefined,
          scope: '',
          lifetime: 60,
        })
      }
    })

    test('and that token carries subject, session and scopes of the access token, not the token', async () => {
      const token = await issuer.sign({ sub: 'usr_7', sid: 'ses_7', scope: 'self orders:read' })
      await router.ask('{ me socks }', { headers: { authorization: `Bearer ${token}` } })
      expect(await claimsSentTo(users)).toMatchObject({
        sub: 'usr_7',
        sid: 'ses_7',
        scope: 'self orders:read',
      })
      expect(users.received[0]?.headers.authorization).not.toContain(token)
      const forUsers = users.received[0]?.headers.authorization?.replace('Bearer ', '') ?? ''
      await expect(jwtVerify(forUsers, keyOf('shelf'))).rejects.toThrow()
    })

    test('is the same token again for the same caller, another for another', async () => {
      const [ann, bob] = [await issuer.sign({ sub: 'ann' }), await issuer.sign({ sub: 'bob' })]
      for (const token of [ann, ann, bob])
        await router.ask('{ me }', { headers: { authorization: `Bearer ${token}` } })
      const [first, second, third] = users.received.map(({ headers }) => headers.authorization)
      expect(second).toBe(first)
      expect(third).not.toBe(first)
    })
  })

  describe('what comes back to a client', () => {
    test('is the header that a rule names, from the subgraph that it names', async () => {
      const answer = await router.ask('{ me socks }')
      expect(answer.headers.getSetCookie()).toEqual(['refresh=a; HttpOnly'])
      expect(answer.headers.get('x-internal')).toBeNull()
    })

    test('is every cookie of several', async () => {
      const answer = await router.ask('mutation { one two }')
      expect(answer.headers.getSetCookie()).toEqual(['refresh=1; HttpOnly', 'refresh=2; HttpOnly'])
    })
  })

  describe('request ids and traces', () => {
    test('of the caller are taken up, returned and passed on', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
      const answer = await router.ask('{ me }', {
        headers: { 'x-request-id': 'req-1', traceparent, tracestate: 'a=b' },
      })
      expect(answer.headers.get('x-request-id')).toBe('req-1')
      const headers = users.received[0]?.headers
      expect(headers?.['x-request-id']).toBe('req-1')
      expect(headers?.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[\da-f]{16}-01$/)
      expect(headers?.traceparent).not.toBe(traceparent)
      expect(headers?.tracestate).toBe('a=b')
    })

    test('are made where they are absent or malformed', async () => {
      const answer = await router.ask('{ me }', {
        headers: {
          'x-request-id': 'a b<script>',
          traceparent: '00-00000000000000000000000000000000-b7ad6b7169203331-01',
        },
      })
      expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
      expect(users.received[0]?.headers.traceparent).toMatch(/^00-(?!0{32})[\da-f]{32}-[\da-f]{16}-01$/)
    })
  })

  describe('behind a proxy of ours', () => {
    test('the client’s address is what that proxy saw, whatever stands before', async () => {
      const proxied = await start(
        { sdl: composed([users.source, shelf.source]) },
        { settings: { http: { trusted_proxies: 1 } } },
      )
      await proxied.ask('{ me }', { headers: { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' } })
      await proxied.ask('{ me }', { headers: { 'x-forwarded-for': 'garbage' } })
      await proxied.ask('{ me }')
      const addresses = users.received.map(({ headers }) => headers['x-forwarded-for'])
      expect(addresses).toEqual([
        '203.0.113.9',
        expect.stringMatching(/127\.0\.0\.1$/),
        expect.stringMatching(/127\.0\.0\.1$/),
      ])
      await proxied.close()
    })
  })

  describe('other origins', () => {
    test('get CORS headers if they are listed', async () => {
      const answer = await router.ask('{ me }', { headers: { origin: 'https://shop.test' } })
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.test')
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
      expect(answer.headers.get('vary')).toContain('origin')
      expect(answer.headers.get('access-control-expose-headers')).toBe(
        'x-request-id, www-authenticate, graphql-cost',
      )
    })

    test('get no CORS headers if they are not', async () => {
      const answer = await router.ask('{ me }', { headers: { origin: 'https://evil.test' } })
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    })

    test('get their preflight answered', async () => {
      const preflight = (origin: string) =>
        fetch(router.url, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type',
          },
        })
      const listed = await preflight('https://shop.test')
      expect(listed.status).toBe(204)
      expect(listed.headers.get('access-control-allow-headers')).toBe('content-type')
      expect(listed.headers.get('access-control-allow-methods')).toBe('GET, POST')
      expect(listed.headers.get('access-control-max-age')).toBe('600')
      const other = await preflight('https://evil.test')
      expect(other.headers.get('access-control-allow-methods')).toBeNull()
    })
  })
})
