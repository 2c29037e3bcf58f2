import { money } from '@argyle/kit/money'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { fakeProvider } from '../testing/fake-provider.ts'
import { fakeStripe } from '../testing/fake-stripe.ts'
import { gatewayConformance } from '../testing/gateway-conformance.ts'
import { BadWebhook, GatewayUnavailable } from './gateway.ts'
import { stripeGateway } from './stripe-gateway.ts'

gatewayConformance('stripe', fakeStripe)

test('a capture whose error Stripe keeps under its key has another key from the fourth attempt on', async () => {
  const url = '/v1/payment_intents/:id/capture'
  const intent = { id: 'pi_1', object: 'payment_intent', status: 'succeeded', amount_received: 4_200 }
  const server = await fakeProvider('idempotency-key', (on) =>
    on('POST', url, ({ headers }) =>
      headers['idempotency-key'] === 'gwc_1'
        ? { status: 500, body: { error: { type: 'api_error' } } }
        : { status: 200, body: intent },
    ),
  )
  const keys = { secretKey: 'sk_test', publishableKey: 'pk_test', webhookSecret: 'whsec_test' }
  const { capture } = stripeGateway({ url: server.url, ...keys, returnUrl: null })
  const attempt = (count: number) =>
    capture({ key: 'gwc_1', attempt: count, ref: 'pi_1', amount: money(4_200n, 'USD') })
  for (const count of [1, 2, 3]) await expect(attempt(count)).rejects.toThrow(GatewayUnavailable)
  expect(await attempt(4)).toMatchObject({ snapshot: { status: 'CAPTURED' }, refusal: null })
  await server.close()
})

test('a webhook of Stripe is read by its signature, and not five minutes later', async () => {
  const secret = 'whsec_of_this_test_only'
  const { gateway, close } = await fakeStripe(secret)
  const object = { id: 'pi_1', object: 'payment_intent', metadata: { orderId: 'ord_1' } }
  const payload = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.succeeded',
    data: { object },
  })
  const now = Math.floor(Date.now() / 1_000)
  const signed = (timestamp: number) => {
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
    const webhook = { body: Buffer.from(payload), headers: { 'stripe-signature': header } }
    return gateway.readWebhook(webhook, async () => 'pay_1')
  }
  expect(await signed(now)).toEqual({ ref: 'pi_1', orderId: 'ord_1', status: 'CAPTURED' })
  await expect(signed(now - 301)).rejects.toThrow(BadWebhook)
  await close()
})
