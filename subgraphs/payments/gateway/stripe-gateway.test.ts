import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { fakeStripe } from '../testing/fake-stripe.ts'
import { gatewayConformance } from '../testing/gateway-conformance.ts'
import { BadWebhook } from './gateway.ts'

gatewayConformance('stripe', fakeStripe)

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
    return gateway.readWebhook({ body: Buffer.from(payload), headers: { 'stripe-signature': header } })
  }
  expect(await signed(now)).toEqual({ ref: 'pi_1', orderId: 'ord_1', status: 'CAPTURED' })
  await expect(signed(now - 301)).rejects.toThrow(BadWebhook)
  await close()
})
