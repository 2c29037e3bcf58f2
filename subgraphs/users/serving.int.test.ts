import { createHmac, randomBytes } from 'node:crypto'
import { type ServedSubgraph, serveSubgraph } from '@argyle/kit/serve'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { createRemoteJWKSet, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { users } from './subgraph.ts'
import { PASSWORD, REFRESH, SIGN_UP } from './testing/open-users.ts'

const key = createHmac('sha256', randomBytes(32)).update('users').digest()
let database: TestDatabase
let served: ServedSubgraph

beforeAll(async () => {
  database = await testDatabase('users')
  served = await serveSubgraph(users, {
    settings: {
      PORT: '0',
      DATABASE_URL: database.url,
      INTERNAL_TOKEN_KEY: key.toString('base64url'),
      LOG_LEVEL: 'silent',
      ACCESS_TOKEN_ISSUER: 'https://argyle.example',
      ACCESS_TOKEN_AUDIENCE: 'argyle',
      SIGNING_KEY_SECRET: randomBytes(32).toString('base64url'),
      LINK_KEY: randomBytes(32).toString('base64url'),
      COOKIE_SECURE: 'false',
    },
  })
})
afterAll(async () => {
  await served.close()
  await database.drop()
})

async function ask(query: string, variables: object, headers: Record<string, string> = {}) {
  const token = await new SignJWT({ scope: '' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('argyle-router')
    .setAudience('users')
    .setExpirationTime('60s')
    .sign(key)
  const body = JSON.stringify({ query, variables })
  const own = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return fetch(served.url, { method: 'POST', body, headers: { ...own, ...headers } })
}

test('the key set has its keys before anybody signs in', async () => {
  const answer = await fetch(new URL('/.well-known/jwks.json', served.url))
  expect(await answer.json()).toMatchObject({ keys: [{}, {}] })
})

test('over HTTP: sign up, verify the token by the published keys, refresh by the cookie', async () => {
  const input = {
    idempotencyKey: 'sign-up-of-ada-over-http',
    email: 'ada@argyle.example',
    password: PASSWORD,
    displayName: 'Ada',
  }
  const answer = await ask(SIGN_UP, { input })
  const { data } = (await answer.json()) as { data: { signUp: { session: { accessToken: string } } } }

  const keySet = new URL('/.well-known/jwks.json', served.url)
  const jwks = createRemoteJWKSet(keySet, { timeoutDuration: 30_000 })
  const expected = {
    algorithms: ['EdDSA'],
    typ: 'at+jwt',
    issuer: 'https://argyle.example',
    audience: 'argyle',
  }
  const { payload } = await jwtVerify(data.signUp.session.accessToken, jwks, expected)
  expect(payload.scope).toBe('self')

  const [cookie = ''] = answer.headers.getSetCookie()
  expect(cookie).toMatch(
    /^argyle_refresh=[\w-]{43}; Max-Age=2592000; Path=\/graphql; HttpOnly; SameSite=Strict$/,
  )
  const refreshed = await ask(REFRESH, {}, { cookie: cookie.split(';')[0] ?? '' })
  expect(await refreshed.json()).toMatchObject({ data: { refreshSession: { userErrors: [] } } })
  expect(refreshed.headers.getSetCookie()[0]?.split(';')[0]).not.toBe(cookie.split(';')[0])
})

test('the key set is public, may be kept for a minute, and holds two live keys without their private halves', async () => {
  const answer = await fetch(new URL('/.well-known/jwks.json', served.url))
  expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
  expect(answer.headers.get('content-type')).toBe('application/jwk-set+json; charset=utf-8')
  const { keys } = (await answer.json()) as { keys: object[] }
  expect(keys).toHaveLength(2)
  for (const jwk of keys) expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
})
