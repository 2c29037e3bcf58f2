import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { BadWebhook, type Gateway, GatewayUnavailable } from '../gateway/gateway.ts'
import type { PaymentStore } from '../payment/payment-store.ts'
import { webhookRoute } from './webhook-route.ts'

/** The answer to a webhook whose reading fails by this error; null: it tells nothing. */
async function answered(error: Error | null, path = '/webhooks/sandbox'): Promise<unknown[]> {
  const app = Fastify()
  const readWebhook = async () => {
    if (error) throw error
    return null
  }
  // The parts that the route reaches: a webhook that tells nothing asks about no payment.
  const gateway = { name: 'sandbox', readWebhook } as unknown as Gateway
  const route = app as unknown as Parameters<typeof webhookRoute>[0]
  webhookRoute(route, { gateway, payments: {} as PaymentStore })
  const { statusCode, body } = await app.inject({ method: 'POST', url: path, payload: '{}' })
  await app.close()
  return [statusCode, body === '' ? null : JSON.parse(body).error]
}

test('a webhook is answered so that the gateway knows whether to send it again', async () => {
  expect(await answered(null)).toEqual([204, null])
  expect(await answered(new BadWebhook('it has no signature'))).toEqual([
    400,
    'The webhook was rejected: it has no signature.',
  ])
  expect(await answered(new GatewayUnavailable('away'))).toEqual([
    503,
    'The webhook was not verified. Send it again.',
  ])
})

test('a webhook of another gateway is not read', async () => {
  expect(await answered(new Error('it was read'), '/webhooks/stripe')).toEqual([
    404,
    'The gateway is not configured.',
  ])
})
