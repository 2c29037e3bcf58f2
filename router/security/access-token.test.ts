import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { accessTokens, BadToken } from './access-token.ts'

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
