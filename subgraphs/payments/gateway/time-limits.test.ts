import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { money } from '@argyle/kit/money'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { heldBackMs } from '../sandbox-gateway/faults.ts'
import { CALL_MS, type Gateway, GatewayUnavailable } from './gateway.ts'
import { paypalGateway } from './paypal-gateway.ts'
import { paypalWebhook } from './paypal-webhook.ts'
import { sandboxGateway } from './sandbox-gateway.ts'
import { stripeGateway } from './stripe-gateway.ts'

/** A provider that takes requests and never answers. */
let provider: Server
let url = ''
beforeAll(async () => {
  provider = createServer(() => {})
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  // A server that listens has an address object.
  url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
})
afterAll(async () => {
  provider.closeAllConnections()
  await new Promise((resolve) => provider.close(resolve))
})

const callMs = 50
const paypal = () => ({ url, clientId: 'c', clientSecret: 's', webhookId: 'WH-1', returnUrl: null, callMs })
const GATEWAYS: Readonly<Record<string, () => Gateway>> = {
  sandbox: () =>
    sandboxGateway({ url, publicUrl: url, key: 'k', webhookSecret: 's', returnUrl: null, callMs }),
  stripe: () =>
    stripeGateway({
      url,
      secretKey: 'sk',
      publishableKey: 'pk',
      webhookSecret: 's',
      returnUrl: null,
      callMs,
    }),
  paypal: () => paypalGateway(paypal()),
}

describe.each(Object.keys(GATEWAYS))(
  'the answer of %s is waited for no longer than the time limit',
  (name) => {
    const known = { key: 'gwc_1', attempt: 1, ref: 'P1', amount: money(4_200n, 'USD') }
    test.each<[string, (gateway: Gateway) => Promise<unknown>]>([
      ['attach', ({ attach }) => attach({ key: 'gwc_1', token: 'tok_1' })],
      [
        'authorize',
        ({ authorize }) => authorize({ ...known, methodRef: 'm_1', orderId: 'ord_1', orderNumber: 'A-1' }),
      ],
      ['capture', ({ capture }) => capture(known)],
      ['void', ({ void: release }) => release(known)],
      ['refund', ({ refund }) => refund({ ...known, reason: 'returned', replaces: [] })],
      ['fetch', ({ fetch }) => fetch('P1')],
    ])('of %s', async (_, call) => {
      const gateway = GATEWAYS[name]?.()
      if (!gateway) throw new Error(`there is no gateway ${name}`)
      await expect(call(gateway)).rejects.toThrow(GatewayUnavailable)
    })
  },
)

test('nor is the verification of a webhook by PayPal', async () => {
  const headers = {
    'paypal-auth-algo': 'SHA256withRSA',
    'paypal-cert-url': 'https://api.paypal.test/cert',
    'paypal-transmission-id': 'T1',
    'paypal-transmission-sig': 'bad',
    'paypal-transmission-time': new Date().toISOString(),
  }
  const body = Buffer.from(JSON.stringify({ resource_type: 'checkout-order', resource: { id: 'P1' } }))
  const read = paypalWebhook(paypal(), async () => 'token')
  await expect(read({ body, headers }, async () => 'pay_1')).rejects.toThrow(
    'PayPal did not verify the webhook',
  )
})

test('the sandbox answers about the card late_answer after the time for which the shop waits', () => {
  expect(heldBackMs('late_answer', {})).toBeGreaterThan(CALL_MS)
})
