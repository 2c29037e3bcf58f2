import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { ANONYMOUS, userIdentity } from './identity.ts'
import { internalTokens, subgraphKey } from './internal-token.ts'

const MASTER = new Uint8Array(32).fill(1)
const ANN = userIdentity('usr_ann', 'ses_1', 'self')

test('a token serves for 30 s of its 60, then another is minted', () => {
  let now = 1_000_000_000_500
  const mint = internalTokens(MASTER, () => now)
  const first = mint('users', ANN)
  expect(decodeProtectedHeader(first)).toEqual({ alg: 'HS256', typ: 'JWT' })
  expect(decodeJwt(first)).toEqual({
    iss: 'argyle-router',
    aud: 'users',
    sub: 'usr_ann',
    sid: 'ses_1',
    scope: 'self',
    iat: 1_000_000_000,
    exp: 1_000_000_060,
  })
  now += 29_999
  expect(mint('users', ANN)).toBe(first)
  now += 1
  expect(decodeJwt(mint('users', ANN)).iat).toBe(1_000_000_030)
})

test('tokens differ by subgraph, subject, session and scope', () => {
  const mint = internalTokens(MASTER, () => 0)
  const identities = [
    ANONYMOUS,
    ANN,
    userIdentity('usr_bob', 'ses_1', 'self'),
    userIdentity('usr_ann', 'ses_2', 'self'),
    userIdentity('usr_ann', null, 'self'),
    userIdentity('usr_ann', 'ses_1', 'self admin'),
  ]
  const tokens = ['users', 'orders'].flatMap((subgraph) =>
    identities.map((identity) => mint(subgraph, identity)),
  )
  expect(new Set(tokens).size).toBe(12)
})

test('each subgraph has a key of its own', async () => {
  const mint = internalTokens(MASTER, () => 0)
  const currentDate = new Date(0)
  for (const subgraph of ['users', 'orders', 'users']) {
    const verified = jwtVerify(mint(subgraph, ANN), subgraphKey(MASTER, subgraph), { currentDate })
    await expect(verified).resolves.toMatchObject({ payload: { aud: subgraph } })
  }
})

test.each([
  ['nobody', ANONYMOUS, { scope: '' }],
  ['a caller without a session', userIdentity('usr_ann', null, 'self'), { sub: 'usr_ann', scope: 'self' }],
])('a token for %s has no claim that is null', (_, identity, claims) => {
  const token = internalTokens(MASTER, () => 0)('users', identity)
  expect(decodeJwt(token)).toEqual({ iss: 'argyle-router', aud: 'users', iat: 0, exp: 60, ...claims })
})

test('no name can be made to look like another caller’s', () => {
  const mint = internalTokens(MASTER, () => 0)
  const split = mint('users', userIdentity('a","b', 'c', ''))
  expect(split).not.toBe(mint('users', userIdentity('a', 'b","c', '')))
})
