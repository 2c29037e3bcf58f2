import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { money } from '@argyle/kit/money'
import Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type PaymentSettings, paymentSettings } from '../settings.ts'
import { GatewayUnavailable } from './gateway.ts'
import { openGateway } from './open-gateway.ts'

type Sent = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }

/** Requests to a server that fails all of them, except for tokens of PayPal and its opinion about webhooks. */
const sent: Sent[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const path = request.url ?? ''
  sent.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() })
  const token = path.endsWith('/oauth2/token') && {
    access_token: 'token-1',
    token_type: 'Bearer',
    expires_in: 3_600,
  }
  const opinion = path.endsWith('/verify-webhook-signature') && { verification_status: 'SUCCESS' }
  const answer = token || opinion
  // PayPal's library repeats a request that failed by 500.
  response.writeHead(answer ? 200 : path.includes('/checkout/') ? 409 : 500, {
    'content-type': 'application/json',
  })
  response.end(JSON.stringify(answer || { name: 'INTERNAL_SERVER_ERROR' }))
})

let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())
beforeEach(() => {
  sent.length = 0
})

const RETURN = 'https://shop.example/paid'
const opened = (settings: Record<string, string>) =>
  openGateway(paymentSettings.parse({ PAYMENT_RETURN_URL: RETURN, ...settings }) as PaymentSettings)
const payment = (methodRef: string) => {
  const order = { orderId: 'ord_1', orderNumber: 'A-1', amount: money(4_200n, 'USD') }
  return { key: 'key-1', attempt: 1, methodRef, ...order }
}

test('the sandbox is asked with its key, and its tokens are got where browsers reach it', async () => {
  const secrets = {
    SANDBOX_GATEWAY_KEY: 'the-key-of-the-sandbox',
    SANDBOX_WEBHOOK_SECRET: 'the-secret-of-webhooks',
  }
  const settings = { PAYMENT_GATEWAY: 'sandbox', SANDBOX_GATEWAY_URL: url, ...secrets }
  const gateway = await opened({ ...settings, SANDBOX_PUBLIC_URL: 'https://bank.example' })
  await expect(gateway.authorize(payment('src_1'))).rejects.toThrow(GatewayUnavailable)
  expect(sent[0]?.headers.authorization).toContain('the-key-of-the-sandbox')
  expect(sent).toHaveLength(1)
  expect(JSON.parse(sent[0]?.body ?? '{}')).toEqual({
    ...{ source: 'src_1', amountMinor: '4200', currency: 'USD', reference: 'ord_1', returnUrl: RETURN },
  })
  const browser = { tokenUrl: 'https://bank.example/v1/tokens', publishableKey: null }
  expect([gateway.name, gateway.browser]).toEqual(['sandbox', browser])
  expect((await opened(settings)).browser.tokenUrl).toContain(url)
})

test('Stripe is asked with the secret key, browsers with the other; webhooks are signed by their secret', async () => {
  const gateway = await opened({
    ...{ PAYMENT_GATEWAY: 'stripe', STRIPE_API_URL: url, STRIPE_SECRET_KEY: 'sk_test_of_this_test' },
    ...{ STRIPE_PUBLISHABLE_KEY: 'pk_test', STRIPE_WEBHOOK_SECRET: 'whsec_of_this_test' },
  })
  await expect(gateway.authorize(payment('cus_1/pm_1'))).rejects.toThrow(GatewayUnavailable)
  expect(sent).toHaveLength(1)
  expect(sent[0]?.headers.authorization).toBe('Bearer sk_test_of_this_test')
  expect(new URLSearchParams(sent[0]?.body).get('return_url')).toBe(RETURN)
  const browser = { tokenUrl: null, publishableKey: 'pk_test' }
  expect([gateway.name, gateway.browser]).toEqual(['stripe', browser])
  const object = { id: 'pi_1', object: 'payment_intent', metadata: {} }
  const payload = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.created',
    data: { object },
  })
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: 'whsec_of_this_test' })
  const webhook = { body: Buffer.from(payload), headers: { 'stripe-signature': header } }
  expect(await gateway.readWebhook(webhook, async () => 'pay_1')).toMatchObject({ ref: 'pi_1' })
})

test('PayPal is asked by the client of the shop, also about webhooks of its id', async () => {
  const gateway = await opened({
    ...{ PAYMENT_GATEWAY: 'paypal', PAYPAL_API_URL: `${url}/`, PAYPAL_CLIENT_ID: 'client-of-this-test' },
    ...{ PAYPAL_CLIENT_SECRET: 'secret-of-this-test', PAYPAL_WEBHOOK_ID: 'WH-1' },
  })
  await expect(gateway.authorize(payment('paypal:1'))).rejects.toThrow(GatewayUnavailable)
  const [token, order] = sent
  expect(sent.map(({ path }) => path)).toEqual(['/v1/oauth2/token', '/v2/checkout/orders'])
  const client = Buffer.from('client-of-this-test:secret-of-this-test').toString('base64')
  expect(token?.headers.authorization).toBe(`Basic ${client}`)
  expect(order?.headers.authorization).toBe('Bearer token-1')
  const experience_context = { return_url: RETURN, cancel_url: RETURN }
  expect(JSON.parse(order?.body ?? '{}')).toEqual({
    intent: 'AUTHORIZE',
    purchase_units: [
      {
        ...{ custom_id: 'ord_1', description: 'Order A-1' },
        amount: { currency_code: 'USD', value: '42.00' },
      },
    ],
    payment_source: { paypal: { vault_id: '1', experience_context } },
  })
  const browser = { tokenUrl: null, publishableKey: 'client-of-this-test' }
  expect([gateway.name, gateway.browser]).toEqual(['paypal', browser])
  sent.length = 0
  const resource = { id: 'A1', custom_id: 'ord_1', supplementary_data: { related_ids: { order_id: 'O1' } } }
  const body = Buffer.from(JSON.stringify({ resource_type: 'authorization', resource }))
  const headers = {
    'paypal-auth-algo': 'SHA256withRSA',
    'paypal-cert-url': 'https://api.paypal.com/cert',
    'paypal-transmission-id': 'T1',
    'paypal-transmission-sig': 'good',
    'paypal-transmission-time': new Date().toISOString(),
  }
  for (let time = 0; time < 2; time++) await gateway.readWebhook({ body, headers }, async () => 'pay_1')
  // The token is kept until its expiry.
  const verification = '/v1/notifications/verify-webhook-signature'
  expect(sent.map(({ path }) => path)).toEqual(['/v1/oauth2/token', verification, verification])
  expect(sent.at(-1)?.headers.authorization).toBe('Bearer token-1')
  expect(JSON.parse(sent.at(-1)?.body ?? '{}')).toEqual({
    ...{ auth_algo: 'SHA256withRSA', cert_url: 'https://api.paypal.com/cert' },
    ...{ transmission_id: 'T1', transmission_sig: 'good' },
    ...{ transmission_time: headers['paypal-transmission-time'], webhook_id: 'WH-1' },
    webhook_event: { resource_type: 'authorization', resource },
  })
})
