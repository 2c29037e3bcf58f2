import { createHmac, createPublicKey, generateKeyPairSync, sign as signRaw } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, startTestServer, type TestServer } from '../testing/http-server.ts'
import { type Issuer, startIssuer } from '../testing/issuer.ts'
import { composed, type GraphQLAnswer, startTestRouter, type TestRouter } from '../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../testing/subgraph.ts'

const QUERY = '{ mine open }'

let subgraph: TestSubgraph
let issuer: Issuer
let router: TestRouter

beforeAll(async () => {
  subgraph = await startSubgraph(
    'things',
    'type Query { mine: String @authenticated open: String } type Mutation { signIn: Boolean }',
    { Query: { mine: () => 'yours', open: () => 'everyone' }, Mutation: { signIn: () => true } },
  )
  issuer = await startIssuer()
  router = await startTestRouter({ sdl: composed([subgraph.source]) }, { accessTokens: issuer.options })
})

afterAll(async () => {
  await router?.close()
  await Promise.all([subgraph?.stop(), issuer?.server.stop()])
})

function askWith(token: string, to = router): Promise<GraphQLAnswer> {
  return to.ask(QUERY, { headers: { authorization: `Bearer ${token}` } })
}

function expectRefused({ status, data, errors }: GraphQLAnswer): void {
  expect({ status, data, errors }).toEqual({
    status: 401,
    data: undefined,
    errors: [
      {
        message: 'The access token is not valid or no longer valid.',
        extensions: { code: 'UNAUTHENTICATED' },
      },
    ],
  })
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** A token with claims of any type: `issuer.sign` omits null, and its library checks types. */
async function signAsIs(
  change: Record<string, unknown>,
  rewrite: (json: string) => string = (json) => json,
): Promise<string> {
  const good = JSON.parse(Buffer.from(await claims(), 'base64url').toString())
  return issuer.signText(rewrite(JSON.stringify({ ...good, ...change })))
}

/** A token of a key that nobody knows. */
function unsigned(payload: string): string {
  const header = base64url({ alg: 'EdDSA', typ: 'at+jwt', kid: 'invented' })
  return `${header}.${Buffer.from(payload).toString('base64url')}.${'A'.repeat(86)}`
}

/** The claims of a valid token, for invalid signatures. */
async function claims(): Promise<string> {
  return (await issuer.sign()).split('.')[1] ?? ''
}

describe('an access token', () => {
  test('that is good makes its bearer known', async () => {
    expect(await askWith(await issuer.sign())).toMatchObject({
      status: 200,
      data: { mine: 'yours' },
      errors: [],
    })
  })

  test('that is absent makes the caller anonymous', async () => {
    const answer = await router.ask(QUERY)
    expect(answer).toMatchObject({ status: 200, data: { mine: null, open: 'everyone' } })
  })

  test('that is refused is answered as GraphQL, with a challenge', async () => {
    const answer = await askWith('nonsense')
    expectRefused(answer)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect(answer.headers.get('content-type')).toContain('application/json')
  })

  test('that is refused is refused before anything of the body is read', async () => {
    const headers = {
      authorization: 'Bearer nonsense',
      'content-type': 'application/json',
      connection: 'close',
    }
    const answer = await fetch(router.url, { method: 'POST', body: '{ nope', headers })
    expect(answer.status).toBe(401)
  })

  test('is not looked at in a request that another site may have sent', async () => {
    const headers = { authorization: 'Bearer nonsense', 'content-type': 'text/plain', connection: 'close' }
    const answer = await fetch(router.url, { method: 'POST', body: '{"query":"{ open }"}', headers })
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('CSRF')])
  })

  const now = Math.floor(Date.now() / 1_000)
  const bad: Record<string, () => Promise<string>> = {
    'never expires': () => issuer.sign({ exp: null }),
    'is not valid yet': () => issuer.sign({ nbf: now + 600 }),
    'is of another issuer': () => issuer.sign({ iss: 'https://evil.test' }),
    'is for another audience': () => issuer.sign({ aud: 'another' }),
    'has no audience': () => issuer.sign({ aud: null }),
    'has no subject': () => issuer.sign({ sub: null }),
    'has an empty subject': () => issuer.sign({ sub: '' }),
    'has a subject that is no text': () => signAsIs({ sub: 1 }),
    'has a list as its subject': () => signAsIs({ sub: ['usr_1'] }),
    'has an object as its subject': () => signAsIs({ sub: { toString: 'usr_1' } }),
    'has null as its subject': () => signAsIs({ sub: null }),
    'has a subject that is not well-formed': () => signAsIs({ sub: 'usr_\ud800' }),
    'has a session that is no text': () => signAsIs({ sid: 7 }),
    'has an empty session': () => signAsIs({ sid: '' }),
    'has a session that is not well-formed': () => signAsIs({ sid: 'ses_\ud800' }),
    'has a list of scopes': () => signAsIs({ scope: ['self', 'users:read'] }),
    'has an expiry in text': () => signAsIs({ exp: String(now + 600) }),
    'has an infinite expiry': () => signAsIs({}, (json) => json.replace(/"exp":\d+/, '"exp":1e999')),
    'has a start in text': () => signAsIs({ nbf: '0' }),
    'has an infinite start': () => signAsIs({ nbf: 0 }, (json) => json.replace('"nbf":0', '"nbf":-1e999')),
    'has an issue time in text': () => signAsIs({ iat: 'now' }),
    'has an infinite issue time': () =>
      signAsIs({ iat: 0 }, (json) => json.replace('"iat":0', '"iat":-1e999')),
    'has true as its issue time': () => signAsIs({ iat: true }),
    'has an audience that is no text': () => signAsIs({ aud: 7 }),
    'has an audience of several types': () => signAsIs({ aud: ['graph', { any: true }] }),
    'has a list as its issuer': () => signAsIs({ iss: ['https://id.test'] }),
    'has expired, and a subject that is no text': () => signAsIs({ exp: now - 60, sub: 7 }),
    'has expired at another issuer': () => issuer.sign({ exp: now - 60, iss: 'https://evil.test' }),
    'has expired for another audience': () => issuer.sign({ exp: now - 60, aud: 'another' }),
    'has expired, of another issuer and key': () =>
      issuer.sign({ exp: now - 60, iss: 'https://evil.test' }, { kid: 'withdrawn' }),
    'has expired, its signature altered': async () => {
      const [header, payload, signature = ''] = (await issuer.sign({ exp: now - 60 })).split('.')
      return `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    },
    'holds a list instead of claims': () => issuer.signText('[1]'),
    'holds no JSON': () => issuer.signText('claims'),
    'is an ID token': () => issuer.sign({}, { typ: 'JWT' }),
    'names no key': () => issuer.sign({}, { kid: undefined }),
    'names an unknown key': () => issuer.sign({}, { kid: 'invented' }),
    'names an unknown key, and holds a list': async () => unsigned('[1]'),
    'names an unknown key, and holds no JSON': async () => unsigned('claims'),
    'brings its own key': () => issuer.sign({}, { jwk: issuer.keySet().keys[0] }),
    'points to its own key by x5u': () => issuer.sign({}, { x5u: 'https://evil.test/cert' }),
    'brings its own certificate': () => issuer.sign({}, { x5c: ['MIIB'] }),
    'is of the algorithm none': async () =>
      `${base64url({ alg: 'none', typ: 'at+jwt', kid: 'key-1' })}.${await claims()}.`,
    'is signed by HS256 with the public key': async () => {
      const signed = `${base64url({ alg: 'HS256', typ: 'at+jwt', kid: 'key-1' })}.${await claims()}`
      const pem = createPublicKey({ key: issuer.keySet().keys[0] as never, format: 'jwk' }).export({
        type: 'spki',
        format: 'pem',
      })
      return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`
    },
    'is signed by another key of the same name': async () => {
      const signed = `${base64url({ alg: 'EdDSA', typ: 'at+jwt', kid: 'key-1' })}.${await claims()}`
      const { privateKey } = generateKeyPairSync('ed25519')
      return `${signed}.${signRaw(null, Buffer.from(signed), privateKey).toString('base64url')}`
    },
    'was altered': async () => {
      const [header, , signature] = (await issuer.sign()).split('.')
      const forged = { ...JSON.parse(Buffer.from(await claims(), 'base64url').toString()), scope: 'admin' }
      return `${header}.${base64url(forged)}.${signature}`
    },
    'is too long': async () => `${await issuer.sign()}${'A'.repeat(8_192)}`,
    'is empty': async () => '',
  }
  for (const [fault, token] of Object.entries(bad)) {
    test(`that ${fault} is refused, and nothing is asked of a subgraph`, async () => {
      const before = subgraph.received.length
      expectRefused(await askWith(await token()))
      expect(subgraph.received).toHaveLength(before)
    })
  }

  describe('that has expired', () => {
    const stale = () => issuer.sign({ exp: now - 60 })

    test('makes its bearer a guest, and the answer says why', async () => {
      const answer = await askWith(await stale())
      expect(answer).toMatchObject({
        status: 200,
        data: { mine: null, open: 'everyone' },
        errors: [
          {
            message: 'Query.mine needs a signed-in caller: the access token has expired.',
            path: ['mine'],
            extensions: { code: 'UNAUTHENTICATED' },
          },
        ],
      })
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer error="invalid_token", error_description="The access token expired"',
      )
    })

    test('answers what is public, and mutations such as a sign-in, without an error', async () => {
      const headers = { authorization: `Bearer ${await stale()}` }
      for (const query of ['{ open }', 'mutation { signIn }']) {
        const answer = await router.ask(query, { headers })
        expect(answer).toMatchObject({ status: 200, errors: [] })
        expect(answer.headers.get('www-authenticate')).toMatch(/invalid_token/)
      }
    })

    test('and is of a key that was withdrawn does so, too', async () => {
      const answer = await askWith(await issuer.sign({ exp: now - 86_400 }, { kid: 'withdrawn' }))
      expect(answer).toMatchObject({ status: 200, data: { mine: null, open: 'everyone' } })
    })

    test('leaves guests their own message', async () => {
      await askWith(await stale())
      const answer = await router.ask(QUERY)
      expect(answer.errors[0]?.message).toBe('Query.mine needs a signed-in caller.')
      expect(answer.headers.get('www-authenticate')).toBeNull()
    })
  })

  test('that points to keys elsewhere has nobody follow', async () => {
    const evil = await startTestServer((_, response) => json(response, 200, issuer.keySet()))
    expectRefused(await askWith(await issuer.sign({}, { jku: `${evil.origin}/jwks` })))
    expect(evil.count()).toBe(0)
    await evil.stop()
  })

  test('of another scheme is refused', async () => {
    expectRefused(await router.ask(QUERY, { headers: { authorization: 'Basic dXNlcjpwYXNz' } }))
  })

  test('is never logged; the reason of a refusal is', async () => {
    const token = await issuer.sign({ sub: 'usr_log' })
    await askWith(token)
    await askWith(`${token}x`)
    expect(router.logged.join('')).not.toContain(token.slice(0, 30))
    const refusals = router.logged.map((line) => JSON.parse(line)).filter(({ reason }) => reason)
    expect(refusals.at(-1)).toMatchObject({
      ...{ level: 30, msg: 'an access token was refused', reason: 'signature verification failed' },
    })
  })

  test('may also be signed by ES256', async () => {
    const modern = await startIssuer()
    await modern.rotate('ES256')
    const other = await startTestRouter(
      { sdl: composed([subgraph.source]) },
      { accessTokens: modern.options },
    )
    expect(await askWith(await modern.sign(), other)).toMatchObject({ status: 200, data: { mine: 'yours' } })
    await other.close()
    await modern.server.stop()
  })
})

describe('the key set', () => {
  async function withOwnIssuer(run: (own: Issuer, router: TestRouter, server: TestServer) => Promise<void>) {
    const own = await startIssuer()
    const other = await startTestRouter({ sdl: composed([subgraph.source]) }, { accessTokens: own.options })
    await run(own, other, own.server)
    await other.close()
    await own.server.stop()
  }

  test('is fetched once for many tokens at once, and not again', () =>
    withOwnIssuer(async (own, other, server) => {
      const tokens = await Promise.all(
        Array.from({ length: 20 }, (_, index) => own.sign({ sub: `usr_${index}` })),
      )
      const answers = await Promise.all(tokens.map((token) => askWith(token, other)))
      expect(answers.map(({ status }) => status)).toEqual(tokens.map(() => 200))
      expect(server.count()).toBe(1)
    }))

  test('is asked for an unknown key no more than the cooldown allows', () =>
    withOwnIssuer(async (own, other, server) => {
      await askWith(await own.sign(), other)
      for (let attempt = 0; attempt < 5; attempt++) {
        expectRefused(await askWith(await own.sign({}, { kid: `invented-${attempt}` }), other))
      }
      expect(server.count()).toBe(1)
    }))

  test('that cannot be reached leaves anonymous callers served, and refuses nobody’s token as bad', () =>
    withOwnIssuer(async (own, other, server) => {
      await server.pause()
      expect(await other.ask('{ open }')).toMatchObject({
        status: 200,
        data: { open: 'everyone' },
        errors: [],
      })
      const answer = await askWith(await own.sign(), other)
      expect(answer).toMatchObject({
        status: 503,
        errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
      })
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(JSON.stringify(answer)).not.toMatch(/127\.0\.0\.1|ECONN/)
      await server.start()
    }))

  test('that fails later still serves with the keys that are known', () =>
    withOwnIssuer(async (own, other, server) => {
      await askWith(await own.sign(), other)
      await server.pause()
      expect(await askWith(await own.sign({ sub: 'usr_2' }), other)).toMatchObject({ status: 200 })
      await server.start()
    }))
})

describe('a router without access tokens', () => {
  test('serves everyone as anonymous, whatever they send', async () => {
    const plain = await startTestRouter({ sdl: composed([subgraph.source]) })
    expect(await askWith('nonsense', plain)).toMatchObject({
      status: 200,
      data: { mine: null, open: 'everyone' },
    })
    expect(subgraph.received.at(-1)?.headers.authorization).toBeUndefined()
    await plain.close()
  })
})
