import { money } from '@argyle/kit/money'
import { describe, expect, test } from 'vitest'
import { fakeProvider } from '../testing/fake-provider.ts'
import { type Gateway, GatewayUnavailable } from './gateway.ts'
import { paypalGateway } from './paypal-gateway.ts'
import { sandboxGateway } from './sandbox-gateway.ts'
import { stripeGateway } from './stripe-gateway.ts'

const GATEWAYS: Record<string, (url: string) => Gateway> = {
  sandbox: (url) => sandboxGateway({ url, publicUrl: url, key: 'k', webhookSecret: 's', returnUrl: null }),
  stripe: (url) =>
    stripeGateway({ url, secretKey: 'k', publishableKey: 'p', webhookSecret: 's', returnUrl: null }),
  paypal: (url) =>
    paypalGateway({ url, clientId: 'c', clientSecret: 's', webhookId: 'WH-1', returnUrl: null }),
}
/** Statuses after which the outcome is unknown. The sandbox refuses permanently with 409, the others only while a request is under way. */
const UNKNOWN = [401, 408, 429, 500]
const CASES = Object.entries(GATEWAYS).flatMap(([name, open]) =>
  [...UNKNOWN, ...(name === 'sandbox' ? [] : [409])].map((status) => ({ name, open, status })),
)
const AUTHORIZATIONS = ['/v1/payments', '/v1/payment_intents', '/v2/checkout/orders']

describe('an authorization', () => {
  test.each(CASES)(
    'by $name that is answered with status $status is not a decline',
    async ({ open, status }) => {
      const body = { error: { code: 'later', message: 'Later.' } }
      const server = await fakeProvider('x-none', (on) => {
        on('POST', '/v1/oauth2/token', () => ({
          status: 200,
          body: { access_token: 'A', token_type: 'Bearer' },
        }))
        for (const url of AUTHORIZATIONS) on('POST', url, () => ({ status, body }))
      })
      const order = { orderId: 'ord_1', orderNumber: null, amount: money(4_200n, 'USD') }
      const asked = open(server.url).authorize({ key: 'gwc_1', attempt: 1, methodRef: 'card:m_1', ...order })
      await expect(asked).rejects.toThrow(GatewayUnavailable)
      await server.close()
    },
  )
})
