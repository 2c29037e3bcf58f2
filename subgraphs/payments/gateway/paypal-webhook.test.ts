import { afterEach, expect, test } from 'vitest'
import { fakeProvider } from '../testing/fake-provider.ts'
import { BadWebhook, GatewayUnavailable } from './gateway.ts'
import { keptToken } from './paypal-client.ts'
import { MOST_VERIFICATIONS, paypalWebhook } from './paypal-webhook.ts'

let close: (() => Promise<void>) | null = null
afterEach(() => close?.())

const headers = {
  'paypal-auth-algo': 'SHA256withRSA',
  'paypal-cert-url': 'https://api.paypal.test/cert',
  'paypal-transmission-id': 'T1',
  'paypal-transmission-sig': 'bad',
  'paypal-transmission-time': new Date().toISOString(),
}
const webhook = { body: Buffer.from('{}'), headers }

/** A reader of webhooks whose tokens come when the test says so, and the number of verifications at PayPal. */
async function aReader() {
  let verified = 0
  const server = await fakeProvider('x-none', (on) =>
    on('POST', '/v1/notifications/verify-webhook-signature', () => {
      verified++
      return { status: 200, body: { verification_status: 'FAILURE' } }
    }),
  )
  close = server.close
  const token = Promise.withResolvers<string>()
  const paypal = { url: server.url, clientId: 'c', clientSecret: 's', webhookId: 'WH-1', returnUrl: null }
  return { read: paypalWebhook(paypal, () => token.promise), token, verified: () => verified }
}

test(`PayPal verifies ${MOST_VERIFICATIONS} webhooks at once; another is refused, and taken later`, async () => {
  const { read, token, verified } = await aReader()
  const under = Array.from({ length: MOST_VERIFICATIONS }, () => read(webhook))
  const ends = Promise.allSettled(under)
  await expect(read(webhook)).rejects.toThrow(GatewayUnavailable)
  token.resolve('A')
  await ends
  expect(verified()).toBe(MOST_VERIFICATIONS)
  await expect(read(webhook)).rejects.toThrow(BadWebhook)
})

test('a token is fetched once, also by concurrent callers, and again a minute before it expires', async () => {
  let now = 0
  let fetched = 0
  const token = keptToken(
    async () => ({ accessToken: `T${++fetched}`, expiresInMs: 3_600_000 }),
    () => now,
  )
  expect(await Promise.all([token(), token()])).toEqual(['T1', 'T1'])
  now = 3_600_000 - 60_001
  expect(await token()).toBe('T1')
  now++
  expect(await token()).toBe('T2')
})

test('a token that was not fetched is fetched again', async () => {
  let fetched = 0
  const token = keptToken(async () => {
    if (++fetched === 1) throw new Error('no response')
    return { accessToken: 'T', expiresInMs: 3_600_000 }
  })
  await expect(token()).rejects.toThrow('no response')
  expect(await token()).toBe('T')
})
