import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { anonymous, mayReadOrder, tokenVerifier, type Viewer } from './identity.ts'

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
  vi.advanceTimersByTime(64_000)
  expect(await verify(header)).toMatchObject({ id: 'usr_1' })
  vi.advanceTimersByTime(2_000)
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

test('an internal token by another algorithm is refused; one without session and scopes has neither', async () => {
  const verify = tokenVerifier('orders', key)
  const signed = (alg: string) =>
    new SignJWT({ sub: 'usr_1' })
      .setProtectedHeader({ alg })
      .setIssuer('argyle-router')
      .setAudience('orders')
      .setExpirationTime('60 s')
      .sign(alg === 'HS256' ? key : Buffer.concat([key, Buffer.alloc(32)]))
  expect(await verify(`Bearer ${await signed('HS256')}`)).toEqual({
    ...{ kind: 'user', id: 'usr_1', sessionId: '', scopes: new Set() },
  })
  // HMAC pads a key with zeros, so that this is the same one.
  await expect(verify(`Bearer ${await signed('HS512')}`)).rejects.toMatchObject({
    extensions: { code: 'UNAUTHENTICATED' },
  })
})

test('an order is read by its customer and by staff; a guest order by staff alone', () => {
  const user = (id: string, ...scopes: string[]): Viewer => ({
    ...{ kind: 'user', id, sessionId: 'ses_1', scopes: new Set(scopes) },
  })
  const viewers = [anonymous, user('usr_1'), user('usr_2'), user('usr_3', 'orders:read')]
  expect(viewers.map((viewer) => mayReadOrder(viewer, 'usr_1'))).toEqual([false, true, false, true])
  expect(viewers.map((viewer) => mayReadOrder(viewer, null))).toEqual([false, false, false, true])
})
