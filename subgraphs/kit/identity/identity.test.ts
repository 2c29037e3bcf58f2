import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tokenVerifier } from './identity.ts'

const key = randomBytes(32)
const token = () =>
  new SignJWT({ sub: 'usr_1', sid: 'ses_1', scope: 'self' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer('argyle-router')
    .setAudience('orders')
const headerFor = async (seconds: number) =>
  `Bearer ${await token().setExpirationTime(`${seconds} s`).sign(key)}`

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('an internal token is believed until it expires, however often it came before', async () => {
  const verify = tokenVerifier('orders', key)
  const header = await headerFor(60)
  for (let time = 0; time < 2; time++)
    expect(await verify(header)).toMatchObject({ kind: 'user', id: 'usr_1', sessionId: 'ses_1' })
  // Clocks may differ by five seconds.
  vi.advanceTimersByTime(66_000)
  await expect(verify(header)).rejects.toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } })
})

test('an internal token for another subgraph is refused', async () => {
  const verify = tokenVerifier('reviews', key)
  await expect(verify(await headerFor(60))).rejects.toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } })
})

test('an internal token without an expiry is refused', async () => {
  const verify = tokenVerifier('orders', key)
  await expect(verify(`Bearer ${await token().sign(key)}`)).rejects.toMatchObject({
    extensions: { code: 'UNAUTHENTICATED' },
  })
})
