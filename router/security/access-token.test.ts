import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTVerifyGetKey, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { accessTokens, BadToken, type Known, REMEMBERED } from './access-token.ts'

const { publicKey, privateKey } = await generateKeyPair('EdDSA')
const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'EdDSA', use: 'sig' }
const parties = { issuer: 'https://id.test', audience: 'graph' }

async function headerFor(seconds: number): Promise<string> {
  const token = new SignJWT({ sub: 'usr_1' }).setProtectedHeader({
    alg: 'EdDSA',
    typ: 'at+jwt',
    kid: 'key-1',
  })
  token.setIssuer(parties.issuer).setAudience(parties.audience).setExpirationTime(`${seconds} s`)
  return `Bearer ${await token.sign(privateKey)}`
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('a token that was good before is expired once its time is over', async () => {
  const identify = accessTokens({ keyFor: createLocalJWKSet({ keys: [jwk] }) }, parties)
  const header = await headerFor(30)
  for (let time = 0; time < 2; time++)
    expect(await identify(header)).toMatchObject({ kind: 'user', subject: 'usr_1' })
  // Clocks may differ by five seconds.
  vi.advanceTimersByTime(36_000)
  expect(await identify(header)).toEqual({ kind: 'anonymous', hasExpired: true })
})

// RFC 9068 lets the clocks of issuer and router differ.
test.each<[what: string, ms: number, hasExpired: boolean]>([
  ['before its end', 29_000, false],
  ['up to five seconds after its end', 34_999, false],
  ['five seconds after its end', 35_000, true],
])('a token that is first seen %s (%d ms): expired %s', async (_, ms, hasExpired) => {
  const keys = { keyFor: createLocalJWKSet({ keys: [jwk] }) }
  vi.setSystemTime(1_700_000_000_000)
  const header = await headerFor(30)
  vi.advanceTimersByTime(ms)
  expect(await accessTokens(keys, parties)(header)).toMatchObject(
    hasExpired ? { kind: 'anonymous', hasExpired } : { kind: 'user' },
  )
})

test('a token of a withdrawn key has expired five seconds after its end as well', async () => {
  const keys = { keyFor: createLocalJWKSet({ keys: [] }) }
  vi.setSystemTime(1_700_000_000_000)
  const header = await headerFor(30)
  vi.advanceTimersByTime(35_000)
  await expect(accessTokens(keys, parties)(header)).rejects.toThrow(BadToken)
  vi.advanceTimersByTime(1_000)
  expect(await accessTokens(keys, parties)(header)).toEqual({ kind: 'anonymous', hasExpired: true })
})

test('the scheme is read in any case, before any number of spaces (RFC 9110, section 11.1)', async () => {
  const identify = accessTokens({ keyFor: createLocalJWKSet({ keys: [jwk] }) }, parties)
  const token = (await headerFor(600)).replace('Bearer ', '')
  for (const start of ['Bearer ', 'bearer ', 'BEARER   '])
    expect(await identify(start + token)).toMatchObject({ kind: 'user' })
  expect(await identify('')).toBe(await identify(undefined))
  for (const other of ['Bearer', 'Bearer ', `Bearer${token}`, `Basic ${token}`, `Bearer ${token} x`])
    expect(() => identify(other)).toThrow('not a bearer token')
})

test('a token has at most 8,192 characters', async () => {
  const identify = accessTokens({ keyFor: createLocalJWKSet({ keys: [jwk] }) }, parties)
  const ofLength = (length: number) => `Bearer ${'a'.repeat(length)}`
  await expect(identify(ofLength(8_192))).rejects.toThrow('Invalid Compact JWS')
  expect(() => identify(ofLength(8_193))).toThrow('not a bearer token')
})

test('the signature of an expired token is verified once a minute, however often it is sent', async () => {
  let verified = 0
  const local = createLocalJWKSet({ keys: [jwk] })
  const keyFor: JWTVerifyGetKey = (header, token) => {
    verified++
    return local(header, token)
  }
  const identify = accessTokens({ keyFor }, parties)
  const header = await headerFor(-600)
  for (let time = 0; time < 3; time++) await identify(header)
  expect(verified).toBe(1)
  vi.advanceTimersByTime(60_000)
  await identify(header)
  expect(verified).toBe(2)
})

test('a token whose key is withdrawn is believed for a minute at most', async () => {
  let keyFor = createLocalJWKSet({ keys: [jwk] })
  const identify = accessTokens({ keyFor: (header, token) => keyFor(header, token) }, parties)
  const header = await headerFor(600)
  await identify(header)
  keyFor = createLocalJWKSet({ keys: [] })
  vi.advanceTimersByTime(59_999)
  expect(await identify(header)).toMatchObject({ kind: 'user' })
  vi.advanceTimersByTime(1)
  await expect(identify(header)).rejects.toThrow(BadToken)
})

test('the minute begins before the key is awaited, since the key may be as old', async () => {
  let keyFor: JWTVerifyGetKey = (header, token) => {
    vi.advanceTimersByTime(10_000)
    return createLocalJWKSet({ keys: [jwk] })(header, token)
  }
  const identify = accessTokens({ keyFor: (header, token) => keyFor(header, token) }, parties)
  const header = await headerFor(600)
  await identify(header)
  keyFor = createLocalJWKSet({ keys: [] })
  vi.advanceTimersByTime(49_999)
  expect(await identify(header)).toMatchObject({ kind: 'user' })
  vi.advanceTimersByTime(1)
  await expect(identify(header)).rejects.toThrow(BadToken)
})

test('the log is told which claim a token lacks', async () => {
  const identify = accessTokens({ keyFor: createLocalJWKSet({ keys: [jwk] }) }, parties)
  for (const claim of ['exp', 'sub']) {
    const claims = { iss: parties.issuer, aud: parties.audience, sub: 'usr_1', exp: 9_999_999_999 }
    const token = new SignJWT({ ...claims, [claim]: undefined })
    token.setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'key-1' })
    const header = `Bearer ${await token.sign(privateKey)}`
    await expect(identify(header)).rejects.toThrow(`missing required "${claim}" claim`)
  }
})

/** An unsigned token with the id of a nonexistent key, whose own claims say that it has expired. */
function inventedHeader(number: number, padding = ''): string {
  const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = text({ alg: 'EdDSA', typ: 'at+jwt', kid: `none ${number}` })
  const { issuer: iss, audience: aud } = parties
  return `Bearer ${header}.${text({ iss, aud, sub: `usr_${number}`, exp: 1, padding })}.${'A'.repeat(86)}`
}

test('invented tokens are not kept, so that they put no verified one out of memory', async () => {
  const verified = new LRUCache<string, Known>({ max: REMEMBERED })
  const local = createLocalJWKSet({ keys: [jwk] })
  const asked: unknown[] = []
  const keyFor: JWTVerifyGetKey = (header, token) => {
    asked.push(header?.kid)
    return local(header, token)
  }
  const identify = accessTokens({ keyFor }, parties, verified)
  const good = await headerFor(600)
  await identify(good)
  for (let number = 0; number < REMEMBERED + 1; number++)
    expect(await identify(inventedHeader(number))).toEqual({ kind: 'anonymous', hasExpired: true })
  expect(verified.size).toBe(1)
  expect(await identify(good)).toMatchObject({ kind: 'user', subject: 'usr_1' })
  expect(asked.filter((kid) => kid === 'key-1')).toHaveLength(1)
})

test('a token is kept by its hash, however long it is, and an expired one that was signed too', async () => {
  const verified = new LRUCache<string, Known>({ max: REMEMBERED })
  const identify = accessTokens({ keyFor: createLocalJWKSet({ keys: [jwk] }) }, parties, verified)
  await identify(await headerFor(600))
  await identify(await headerFor(-600))
  expect([...verified.keys()].map((key) => key.length)).toEqual([43, 43])
  expect(() => identify(inventedHeader(1, 'x'.repeat(8_192)))).toThrow(BadToken)
})
