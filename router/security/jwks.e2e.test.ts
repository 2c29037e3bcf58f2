import { errors } from 'jose'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { connectionPools, type Pools } from '../http-client/pools.ts'
import { json } from '../testing/http-server.ts'
import { type Issuer, startIssuer } from '../testing/issuer.ts'
import { testLog } from '../testing/router.ts'
import { KeysUnavailable, remoteKeySet } from './jwks.ts'

let issuer: Issuer
let pools: Pools

beforeAll(async () => {
  issuer = await startIssuer()
  pools = connectionPools(4)
})

afterEach(() => vi.useRealTimers())

afterAll(async () => {
  pools?.close()
  await issuer?.server.stop()
})

/** A key set under a clock that the test moves, whose fetches are not hurried by default. */
function keySet(times: { timeMs?: number } = { timeMs: 50_000 }) {
  const clock = { now: 0 }
  const { log, logged } = testLog()
  const url = new URL(issuer.options.jwksUrl)
  const keys = remoteKeySet({ url, pools, log, ...times, now: () => clock.now })
  const find = (kid: string, alg = 'EdDSA') => keys.keyFor({ alg, kid }, { payload: '', signature: '' })
  return { clock, find, logged }
}

test('a rotated key is found once the cooldown has passed', async () => {
  const { clock, find } = keySet()
  expect(await find('key-1')).toBeDefined()
  await issuer.rotate()
  clock.now = 29_000
  await expect(find('key-2')).rejects.toThrow(errors.JWKSNoMatchingKey)
  clock.now = 30_000
  expect(await find('key-2')).toBeDefined()
})

test('many who ask for the first or an unknown key at once cost one fetch, an unknown algorithm none', async () => {
  const { clock, find } = keySet()
  const first = issuer.server.count()
  await Promise.all([find('key-1'), find('key-1')])
  const before = issuer.server.count()
  expect(before).toBe(first + 1)
  clock.now = 60_000
  await expect(find('key-1', 'HS256')).rejects.toThrow(errors.JOSENotSupported)
  expect(issuer.server.count()).toBe(before)
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => find('invented')))
  expect(results.map(({ status }) => status)).toEqual(Array(10).fill('rejected'))
  expect(issuer.server.count()).toBe(before + 1)
})

test('a withdrawn key is forgotten after five minutes, in the background', async () => {
  const { clock, find } = keySet()
  const good = issuer.keySet()
  await find('key-1')
  const asked = Promise.withResolvers<void>()
  issuer.server.handle((_, response) => {
    json(response, 200, { keys: good.keys.map((key) => ({ ...key, kid: 'another' })) })
    asked.resolve()
  })
  const before = issuer.server.count()
  clock.now = 299_999
  await find('key-1')
  expect(issuer.server.count()).toBe(before)
  clock.now = 300_000
  expect(await find('key-1')).toBeDefined()
  await asked.promise
  // A lookup of an unknown key waits for the fetch in flight.
  await expect(find('invented')).rejects.toThrow(errors.JWKSNoMatchingKey)
  await expect(find('key-1')).rejects.toThrow(errors.JWKSNoMatchingKey)
  issuer.server.handle((_, response) => json(response, 200, good))
})

test('keys that cannot be had are asked for again after a second, not before', async () => {
  const { clock, find, logged } = keySet()
  const good = issuer.keySet()
  const before = issuer.server.count()
  issuer.server.handle((_, response) => json(response, 500, {}))
  await expect(find('key-1')).rejects.toThrow(KeysUnavailable)
  await expect(find('key-1')).rejects.toThrow(KeysUnavailable)
  expect(issuer.server.count()).toBe(before + 1)
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, msg: 'the keys of access tokens could not be fetched', detail: 'status 500' },
  ])
  const accepted: unknown[] = []
  issuer.server.handle((request, response) => {
    accepted.push(request.headers.accept)
    json(response, 200, good)
  })
  clock.now = 999
  await expect(find('key-1')).rejects.toThrow(KeysUnavailable)
  clock.now = 1_000
  expect(await find('key-1')).toBeDefined()
  expect(accepted).toEqual(['application/json'])
})

test('what is no key set is not taken, and known keys stay', async () => {
  const { clock, find, logged } = keySet()
  const good = issuer.keySet()
  await find('key-1')
  const tooLarge = { ...good, padding: 'x'.repeat(64 * 1_024) }
  const keys = [undefined, 'all', [], [{ kty: 'OKP' }], [null], [{ kid: 1 }]]
  const wrong = [[], null, ...keys.map((keys) => ({ keys }))]
  for (const body of [...wrong, tooLarge]) {
    issuer.server.handle((_, response) => json(response, 200, body))
    clock.now += 60_000
    await expect(find('invented')).rejects.toThrow()
    expect(await find('key-1')).toBeDefined()
  }
  issuer.server.handle((_, response) => response.end('no JSON'))
  clock.now += 60_000
  await expect(find('invented')).rejects.toThrow()
  expect(logged.map((line) => JSON.parse(line).detail)).toEqual([
    ...wrong.map(() => 'not a JWK set with a named key'),
    'the body exceeds its limit',
    expect.stringContaining('is not valid JSON'),
  ])
  issuer.server.handle((_, response) => json(response, 200, good))
})

test('a key set of 64 KB is taken; one that takes longer than three seconds is not waited for', async () => {
  const { find, logged } = keySet()
  const good = issuer.keySet()
  const padded = (padding: string) => JSON.stringify({ ...good, padding })
  const padding = 'x'.repeat(64 * 1_024 - padded('').length)
  issuer.server.handle((_, response) => response.end(padded(padding)))
  expect(await find('key-1')).toBeDefined()
  const slow = keySet({})
  const asked = Promise.withResolvers<void>()
  issuer.server.handle(() => asked.resolve())
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const found = slow.find('key-1')
  await asked.promise
  vi.advanceTimersByTime(3_000)
  await expect(found).rejects.toThrow(KeysUnavailable)
  expect(JSON.parse(slow.logged[0] ?? '')).toMatchObject({ detail: 'no answer in 3000 ms' })
  expect(logged).toEqual([])
  issuer.server.handle((_, response) => json(response, 200, good))
})
