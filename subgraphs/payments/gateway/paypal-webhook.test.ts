import { afterEach, expect, test } from 'vitest'
import { fakeProvider } from '../testing/fake-provider.ts'
import { BadWebhook, GatewayUnavailable, type Hint } from './gateway.ts'
import { keptToken } from './paypal-client.ts'
import { MAX_VERIFICATIONS, paypalWebhook } from './paypal-webhook.ts'

let close: (() => Promise<void>) | null = null
afterEach(() => close?.())

const headers = {
  'paypal-auth-algo': 'SHA256withRSA',
  'paypal-cert-url': 'https://api.paypal.test/cert',
  'paypal-transmission-id': 'T1',
  'paypal-transmission-sig': 'bad',
  'paypal-transmission-time': new Date().toISOString(),
}
const about = (id: string, custom_id?: string) => ({
  body: Buffer.from(JSON.stringify({ resource_type: 'checkout-order', resource: { id, custom_id } })),
  headers,
})
const webhook = about('P1')
const known = async ({ ref }: Hint) => ref

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
  const read = paypalWebhook(paypal, () => token.promise)
  return { read, token, verified: () => verified }
}

test(`PayPal verifies ${MAX_VERIFICATIONS} webhooks at once; another is refused, and taken later`, async () => {
  const { read, token, verified } = await aReader()
  const under = Array.from({ length: MAX_VERIFICATIONS }, (_, index) => read(about(`P${index}`), known))
  const ends = Promise.allSettled(under)
  await expect(read(about('another'), known)).rejects.toThrow(GatewayUnavailable)
  token.resolve('A')
  await ends
  expect(verified()).toBe(MAX_VERIFICATIONS)
  await expect(read(about('another'), known)).rejects.toThrow(BadWebhook)
})

test('of the webhooks about one payment, one is verified at a time; another payment’s is not held up', async () => {
  const { read, token, verified } = await aReader()
  const ends = Promise.allSettled([
    read(webhook, known),
    read(about('P1', 'ord_2'), known),
    read(about('P2'), known),
  ])
  await expect(read(webhook, known)).rejects.toThrow('a webhook about the payment is being verified')
  token.resolve('A')
  await ends
  expect(verified()).toBe(2)
})

test('a webhook about no payment of the shop, or about nothing, costs PayPal no request', async () => {
  const { read, token, verified } = await aReader()
  token.resolve('A')
  expect(await read(webhook, async () => null)).toBeNull()
  expect(await read({ body: Buffer.from('{}'), headers }, known)).toBeNull()
  expect(verified()).toBe(0)
})

test('a webhook without one of the headers of its signature is refused, and costs PayPal no request', async () => {
  const { read, token, verified } = await aReader()
  token.resolve('A')
  for (const name of Object.keys(headers)) {
    const unsigned = read({ ...webhook, headers: { ...headers, [name]: undefined } }, known)
    await expect(unsigned).rejects.toThrow(BadWebhook)
    await expect(unsigned).rejects.toThrow('it has no signature')
  }
  expect(verified()).toBe(0)
})

const order_id = 'O1'
test.each([
  ['checkout-order', { custom_id: 'ord_1' }, { ref: 'R1', orderId: 'ord_1' }],
  ['checkout-order', { purchase_units: [{ custom_id: 'ord_2' }] }, { ref: 'R1', orderId: 'ord_2' }],
  ['checkout-order', { purchase_units: [] }, { ref: 'R1', orderId: null }],
  ['capture', { supplementary_data: { related_ids: { order_id } } }, { ref: 'O1', orderId: null }],
  ['refund', { custom_id: 'gwc_1' }, { ref: null, orderId: 'gwc_1' }],
  ['refund', { supplementary_data: {} }, { ref: null, orderId: null }],
])('a webhook about a %s with %j is about %j', async (resource_type, about, hint) => {
  const { read } = await aReader()
  const body = Buffer.from(JSON.stringify({ resource_type, resource: { id: 'R1', ...about } }))
  const hints: Hint[] = []
  const look = async (found: Hint) => {
    hints.push(found)
    return null
  }
  expect(await read({ body, headers }, look)).toBeNull()
  expect(hints).toStrictEqual([hint])
})

test('a token is fetched once, also by concurrent callers, and again a minute before it expires', async () => {
  let now = 0
  let fetched = 0
  const token = keptToken(
    async () => {
      // The token's time runs while it is on its way.
      now += 10_000
      return { accessToken: `T${++fetched}`, expiresInMs: 3_600_000 }
    },
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
